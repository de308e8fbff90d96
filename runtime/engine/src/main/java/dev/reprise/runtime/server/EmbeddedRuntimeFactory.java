package dev.reprise.runtime.server;

import dev.reprise.Reprise;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.Environment;
import dev.reprise.runtime.config.HttpConfig;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.postgres.EmbeddedServer;
import dev.reprise.runtime.telemetry.Metrics;
import dev.reprise.spi.RuntimeFactory;
import dev.reprise.spi.RuntimeSpec;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Starts the runtime that {@link Reprise.Builder} describes. */
public final class EmbeddedRuntimeFactory implements RuntimeFactory {
  @Override
  public Reprise start(RuntimeSpec spec) {
    var environment = Environment.ofProcess();
    var configured = spec.url() == null
        ? environment.database().orElse(null)
        : environment.database(spec.url()).withCredentials(spec.user(), spec.password());
    if (configured != null) {
      return start(spec, configured, () -> {});
    }
    var server = EmbeddedServer.startOrJoin(EmbeddedServer.DEFAULT_DIRECTORY);
    try {
      return start(spec, server.config(), server::close);
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static Reprise start(RuntimeSpec spec, DatabaseConfig database, Runnable last) {
    var code =
        Code.ofClasses(spec.functions(), spec.bindings(), Map.of(), spec.version(), spec.queues());
    var node =
        Node.start(NodeConfig.DEFAULT.withShutdownGrace(spec.shutdownGrace()), database, code);
    try {
      return new EmbeddedRuntime(node, front(node, spec.port(), last));
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
  }

  private static EmbeddedRuntime.Front front(Node node, @Nullable Integer port, Runnable last) {
    return port == null
        ? new NoFront(last)
        : new HttpFront(node, HttpConfig.DEFAULT.withPort(port), Metrics.OFF, last);
  }
}
