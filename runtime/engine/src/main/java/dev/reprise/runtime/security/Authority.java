package dev.reprise.runtime.security;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a {@code Host} header names (RFC 9110, 7.2; RFC 3986, 3.2).
 *
 * @param host in lower case, an IPv6 address in its brackets
 * @param port empty, or a colon and digits
 */
record Authority(String host, String port) {
  private static final Pattern SHAPE =
      Pattern.compile("([A-Za-z0-9._-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}])(:[0-9]{1,5})?");
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

  /** Reads it; empty where it has another shape. */
  static Optional<Authority> parse(String text) {
    var matcher = SHAPE.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    var port = matcher.group(2);
    return Optional.of(
        new Authority(matcher.group(1).toLowerCase(Locale.ROOT), port == null ? "" : port));
  }

  /** Whether it names an address rather than a name that somebody's DNS could have pointed here. */
  boolean isAddress() {
    return host.startsWith("[") || IPV4.matcher(host).matches();
  }

  @Override
  public String toString() {
    return host + port;
  }
}
