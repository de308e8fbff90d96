package dev.reprise.spi;

import dev.reprise.RepriseClient;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Makes clients, found by {@link java.util.ServiceLoader}. */
public interface ClientFactory {
  /** Of a server. */
  RepriseClient http(URI server, @Nullable String token);

  /** Of a database. */
  RepriseClient database(String jdbcUrl, @Nullable String user, @Nullable String password);
}
