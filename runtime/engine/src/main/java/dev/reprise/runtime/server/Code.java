package dev.reprise.runtime.server;

import dev.reprise.Settings;
import dev.reprise.WorkQueue;
import dev.reprise.runtime.background.Loop;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.deploy.Catalog;
import dev.reprise.runtime.execution.ClientInterceptor;
import dev.reprise.runtime.execution.CurrentTransaction;
import dev.reprise.runtime.execution.DurableInterceptor;
import dev.reprise.runtime.execution.LocalEngine;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.function.ApplicationBuilder;
import dev.reprise.runtime.function.Policy;
import dev.reprise.runtime.http.DeploymentDesk;
import dev.reprise.runtime.postgres.BoundDataSource;
import dev.reprise.runtime.store.FunctionStore;
import dev.reprise.runtime.store.LogDatabase;
import dev.reprise.runtime.store.QueueStore;
import dev.reprise.runtime.store.Sweep;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where a node's functions come from. */
@FunctionalInterface
public interface Code {
  /** Makes the functions ready on a node. */
  Installed install(Site site);

  /**
   * What a node has to give.
   *
   * @param running whether executions of a version run here
   * @param changed to be told when new calls go to other code than before
   */
  record Site(
      LogDatabase log,
      QueueStore queues,
      Supplier<LocalEngine> engine,
      DatabaseConfig database,
      Predicate<String> running,
      Runnable changed) {
    /** Tells the cluster which functions and queues new calls find here. */
    void announce(Catalog catalog, Collection<WorkQueue> declared) {
      queues.declare(declared);
      new FunctionStore(log)
          .announce(catalog.activeFunctions().stream()
              .map(function -> new FunctionStore.Served(
                  function.name(),
                  function.version(),
                  function.kind(),
                  function.policy() instanceof Policy.OfWorkflow workflow
                      ? workflow.timeout()
                      : null))
              .toList());
    }

    /** An application whose calls reach this node. */
    ApplicationBuilder application() {
      return Application.builder()
          .database(new BoundDataSource(CurrentTransaction::get))
          .durable(new DurableInterceptor())
          .client(new ClientInterceptor(engine));
    }
  }

  /**
   * What came of it.
   *
   * @param loops run while the node does
   * @param desk takes deployments; empty where the code is part of an application
   */
  record Installed(
      Catalog catalog,
      Supplier<Sweep.Capabilities> capabilities,
      List<Loop> loops,
      Optional<DeploymentDesk> desk) {}

  /**
   * Jars of functions, which are kept in the database and activated there, beside what is active there already; what shares
   * a function with one of them gives way to it. Any version that the database keeps is loaded for executions that began
   * on it.
   *
   * @param jars empty for a node that serves what is active
   * @param migrate whether to run what the jars have under {@code db/migration}
   * @param settings what the modules of the jars may read
   */
  static Code ofJars(List<Path> jars, boolean migrate, Settings settings) {
    return new JarCode(List.copyOf(jars), migrate, settings);
  }

  /** Classes of the application that embeds the runtime. */
  static Code ofClasses(
      Collection<Class<?>> functions,
      Map<Class<?>, Object> bindings,
      Map<Class<?>, Object> stubs,
      @Nullable String version) {
    return ofClasses(functions, bindings, stubs, version, List.of());
  }

  /** The same with queues. */
  static Code ofClasses(
      Collection<Class<?>> functions,
      Map<Class<?>, Object> bindings,
      Map<Class<?>, Object> stubs,
      @Nullable String version,
      Collection<WorkQueue> queues) {
    return site -> {
      var application = site.application()
          .functions(functions)
          .bind(bindings)
          .stubs(stubs)
          .version(version)
          .build();
      var catalog = new Catalog(Catalog.VersionLoader.NONE);
      catalog.activate(application, List.of());
      site.announce(catalog, queues);
      return new Installed(
          catalog,
          () -> new Sweep.Capabilities(catalog.unpinned(), version, false),
          List.of(),
          Optional.empty());
    };
  }
}
