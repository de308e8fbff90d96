package dev.reprise.runtime.client;

import dev.reprise.RepriseClient;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.spi.ClientFactory;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Makes the clients that {@link RepriseClient} promises. */
public final class Clients implements ClientFactory {
  @Override
  public RepriseClient http(URI server, @Nullable String token) {
    return new HttpRepriseClient(server, token);
  }

  @Override
  public RepriseClient database(String jdbcUrl, @Nullable String user, @Nullable String password) {
    return new DatabaseClient(new DatabaseConfig(jdbcUrl, user, password, 1, 4, 1));
  }
}
