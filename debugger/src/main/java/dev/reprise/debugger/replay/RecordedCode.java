package dev.reprise.debugger.replay;

import dev.reprise.RepriseException;
import dev.reprise.Settings;
import dev.reprise.runtime.deploy.JarVersions;
import dev.reprise.runtime.execution.ClientInterceptor;
import dev.reprise.runtime.execution.CurrentTransaction;
import dev.reprise.runtime.execution.DurableInterceptor;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.function.ApplicationBuilder;
import dev.reprise.runtime.postgres.BoundDataSource;
import dev.reprise.runtime.store.DeploymentStore;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.LogDatabase;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The code that ran: the kept deployment that each execution is pinned to, or a jar that is given for all. */
public final class RecordedCode implements AutoCloseable {
  private final DeploymentStore store;
  private final JarVersions versions;
  private final Map<String, Application> loaded = new HashMap<>();
  private final @Nullable Application given;

  /** Of deployments in that database, unless a jar is given. */
  public RecordedCode(LogDatabase log, @Nullable Path jar, Settings settings) {
    this.store = new DeploymentStore(log);
    this.versions = new JarVersions(store, RecordedCode::application, settings);
    try {
      this.given = jar == null ? null : versions.prepare(jar).application();
    } catch (RuntimeException e) {
      versions.close();
      throw e;
    }
  }

  /** Begins an application whose calls can be answered from logs. */
  public static ApplicationBuilder application() {
    return Application.builder()
        .database(new BoundDataSource(CurrentTransaction::get))
        .durable(new DurableInterceptor())
        .client(new ClientInterceptor(() -> {
          throw new IllegalStateException(
              "no execution can be started from outside while the past is replayed");
        }));
  }

  /** The application that ran an execution. */
  public Application of(ExecutionRow execution) {
    if (given != null) {
      return given;
    }
    var version = execution.version();
    if (version == null) {
      throw new RepriseException("execution " + execution.id() + " of " + execution.function()
          + " is pinned to no deployment: its code is part of an application that embeds Reprise."
          + " Give a jar of its functions with --functions");
    }
    return loaded.computeIfAbsent(version, versions::load);
  }

  /** The jar of a version, where the database keeps it. */
  public Optional<byte[]> jar(String version) {
    return store.jar(version);
  }

  @Override
  public void close() {
    loaded.values().forEach(Application::close);
    versions.close();
  }
}
