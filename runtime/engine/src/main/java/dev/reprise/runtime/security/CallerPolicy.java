package dev.reprise.runtime.security;

import dev.reprise.runtime.config.HttpConfig;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which requests may come in, by where a browser says that they come from. A page of a foreign site can send requests to
 * an address of the machine it is shown on, and DNS rebinding even lets it read the answers: the {@code Host} header then
 * has the site's name. So {@code Host} must be a name of this server and {@code Origin}, where there is one, its own.
 *
 * <p>An address in {@code Host} cannot be rebound; where other machines may reach the server, any address is accepted.
 * Pure and thread-safe.
 */
public final class CallerPolicy {
  private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Set<String> hosts;
  private final Set<String> origins;
  private final boolean anyAddress;

  /** The policy of a server with that configuration. */
  public CallerPolicy(HttpConfig config) {
    var names = new TreeSet<>(LOOPBACK_NAMES);
    names.add(config.host().toLowerCase(Locale.ROOT));
    names.addAll(config.allowedHosts());
    this.hosts = Set.copyOf(names);
    this.origins = config.allowedOrigins();
    this.anyAddress = !config.loopbackOnly();
  }

  /** Why a request is refused. */
  public enum Refusal {
    /** {@code Host} is missing or names something else. */
    FOREIGN_HOST,
    /** {@code Origin} or {@code Sec-Fetch-Site} tell of another site. */
    FOREIGN_ORIGIN
  }

  /**
   * Checks a request.
   *
   * @param host all values of {@code Host}
   * @param origin all values of {@code Origin}
   * @param fetchSite all values of {@code Sec-Fetch-Site}
   * @return empty where it may come in
   */
  public Optional<Refusal> check(List<String> host, List<String> origin, List<String> fetchSite) {
    var authority = host.size() == 1 ? Authority.parse(host.get(0)) : Optional.<Authority>empty();
    if (authority.isEmpty() || !isOurs(authority.get())) {
      return Optional.of(Refusal.FOREIGN_HOST);
    }
    for (var value : origin) {
      if (!isOwnOrigin(value.toLowerCase(Locale.ROOT), authority.get())) {
        return Optional.of(Refusal.FOREIGN_ORIGIN);
      }
    }
    for (var value : fetchSite) {
      if (value.equalsIgnoreCase("cross-site")) {
        return Optional.of(Refusal.FOREIGN_ORIGIN);
      }
    }
    return Optional.empty();
  }

  private boolean isOurs(Authority authority) {
    return hosts.contains(authority.host())
        || hosts.contains("*")
        || (anyAddress && authority.isAddress());
  }

  /** The scheme is not compared: behind a proxy that ends TLS this server does not know its own. */
  private boolean isOwnOrigin(String origin, Authority authority) {
    return origin.equals("http://" + authority)
        || origin.equals("https://" + authority)
        || origins.contains(origin);
  }
}
