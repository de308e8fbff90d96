package dev.reprise.runtime.server;

import dev.reprise.RepriseException;
import dev.reprise.runtime.background.Loop;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.deploy.Catalog;
import dev.reprise.runtime.deploy.DeploymentException;
import dev.reprise.runtime.deploy.DeploymentException.Kind;
import dev.reprise.runtime.deploy.JarInspection;
import dev.reprise.runtime.deploy.JarVersions;
import dev.reprise.runtime.deploy.JarVersions.Prepared;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.http.DeploymentDesk;
import dev.reprise.runtime.postgres.DatabaseFailureException;
import dev.reprise.runtime.postgres.Migrator;
import dev.reprise.runtime.record.NewTables;
import dev.reprise.runtime.store.DeploymentStore;
import dev.reprise.runtime.store.DeploymentStore.Deployment;
import dev.reprise.runtime.store.DeploymentStore.Replaced;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings jars into the database and keeps the catalog of this node at what is active there, whichever node activated it.
 * Thread-safe: one deployment at a time.
 */
final class Deployments implements Loop.Work, DeploymentDesk {
  /** All nodes have what one activates within five seconds, the loading of the jar included. */
  static final Duration PAUSE = Duration.ofSeconds(4);

  /** Versions that were loaded for old executions are closed when none was asked for so long. */
  static final Duration UNUSED = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger(Deployments.class);
  /** How long a deployment waits for the recorder. */
  private static final Duration FOUND_WITHIN = Duration.ofSeconds(10);

  private final DeploymentStore store;
  private final JarVersions versions;
  private final Catalog catalog;
  private final Code.Site site;
  private final DatabaseConfig database;
  private final Runnable changed;
  private final Predicate<String> running;
  private final Object deploying = new Object();
  private List<String> followed = List.of();
  private List<String> refused = List.of();
  private volatile @Nullable String trouble;

  /** For a node with these versions. */
  Deployments(DeploymentStore store, JarVersions versions, Catalog catalog, Code.Site site) {
    this.store = store;
    this.versions = versions;
    this.catalog = catalog;
    this.site = site;
    this.database = site.database();
    this.changed = site.changed();
    this.running = site.running();
  }

  /**
   * Keeps the jars and makes them the active ones. All are found fit before the database is touched.
   *
   * @param migrate whether to run their migrations before
   */
  void deploy(List<Path> jars, boolean migrate) {
    if (jars.isEmpty()) {
      return;
    }
    var prepared = new LinkedHashMap<String, Prepared>();
    for (var jar : jars) {
      var one = versions.prepare(jar);
      prepared.put(one.version(), one);
    }
    requireDistinct(List.copyOf(prepared.values()));
    for (var jar : prepared.values()) {
      store.keep(jar.version(), jar.name(), jar.content(), functions(jar));
      if (migrate) {
        var unused = migrate(jar.name(), jar.file());
      }
    }
    activate(List.copyOf(prepared.keySet()));
  }

  private List<Replaced> activate(List<String> activated) {
    var gaveWay = store.activate(activated);
    for (var replaced : gaveWay) {
      LOG.info("deployment {} ({}) is replaced", replaced.version(), replaced.name());
      if (!replaced.lost().isEmpty()) {
        LOG.warn("no deployment has any longer: {}", String.join(", ", replaced.lost()));
      }
    }
    return gaveWay;
  }

  @Override
  public Deployed deploy(Upload upload) {
    synchronized (deploying) {
      var version = JarInspection.version(upload.jar());
      boolean isNew = store.find(version).isEmpty();
      if (isNew) {
        keep(upload);
      }
      if (!upload.activate()) {
        return new Deployed(require(version), isNew, List.of(), 0);
      }
      try {
        var activated = activate(version, upload.migrate());
        return new Deployed(
            activated.deployment(), isNew, activated.replaced(), activated.migrations());
      } finally {
        versions.discard(version);
      }
    }
  }

  /** Found fit before it is kept. */
  private void keep(Upload upload) {
    try {
      var jar = versions.prepare(upload.jar(), upload.name());
      var unused = store.keep(jar.version(), jar.name(), jar.file(), functions(jar));
      if (!upload.activate()) {
        versions.discard(jar.version());
      }
      LOG.info("deployment {} ({}) is kept", jar.version(), jar.name());
    } catch (DatabaseFailureException e) {
      throw e;
    } catch (RepriseException e) {
      throw new DeploymentException(Kind.REFUSED, String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public List<Deployment> list() {
    return store.list();
  }

  @Override
  public Deployed activate(String version, boolean migrate) {
    synchronized (deploying) {
      var found = require(version);
      int run = migrate ? migrateKept(found) : 0;
      var replaced = activate(List.of(version));
      followNow();
      return new Deployed(require(version), false, replaced, run);
    }
  }

  private int migrateKept(Deployment deployment) {
    try {
      return migrate(deployment.name(), versions.file(deployment.version()));
    } catch (RepriseException e) {
      throw new DeploymentException(
          Kind.REFUSED,
          "nothing was activated; version " + deployment.version() + " is kept, but not active: "
              + e.getMessage(),
          e);
    }
  }

  @Override
  public RolledBack rollback() {
    synchronized (deploying) {
      var done = store
          .rollback()
          .orElseThrow(() -> new DeploymentException(
              Kind.NO_ROLLBACK,
              "nothing was active before the last activation, or it was removed since: activate a version"
                  + " by its name"));
      followNow();
      LOG.info("versions {} are active again instead of {}", done.to(), done.from());
      var stay = new TreeSet<String>();
      done.from().forEach(version -> stay.addAll(migrations(version)));
      done.to().forEach(version -> stay.removeAll(migrations(version)));
      return new RolledBack(done.from(), done.to(), List.copyOf(stay));
    }
  }

  private List<String> migrations(String version) {
    return JarInspection.migrations(versions.file(version));
  }

  @Override
  public Deployment remove(String version) {
    synchronized (deploying) {
      var found = store.remove(version).orElseThrow(() -> unknown(version));
      if (found.activatedAt() != null) {
        throw new DeploymentException(
            Kind.IN_USE,
            "version " + version
                + " is active: activate another in its place, or roll back, before");
      }
      if (found.executions() > 0) {
        throw new DeploymentException(
            Kind.IN_USE,
            found.executions() + " executions of version " + version
                + " have not ended: wait for them, or cancel them, before");
      }
      LOG.info("deployment {} ({}) is removed", version, found.name());
      return found;
    }
  }

  private Deployment require(String version) {
    return store.find(version).orElseThrow(() -> unknown(version));
  }

  @Override
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  private static DeploymentException unknown(String version) {
    return new DeploymentException(Kind.UNKNOWN, "there is no version " + version);
  }

  /** Where this node cannot load what it was told to activate, it says so as any other does. */
  private void followNow() {
    var unused = round(true);
  }

  /**
   * Brings the catalog to what is active in the database.
   *
   * @throws RepriseException where one of the versions cannot be loaded here
   */
  synchronized void follow() {
    var active = store.active();
    if (!active.equals(followed)) {
      catalog.activateOnly(active.stream().map(catalog::version).toList());
      site.announce(catalog, catalog.queues());
      followed = active;
      LOG.info("serving versions {}", active);
      changed.run();
    }
  }

  @Override
  public Duration round(boolean poked) {
    try {
      follow();
      trouble = null;
    } catch (DatabaseFailureException e) {
      throw e;
    } catch (RepriseException e) {
      tellOnce(e);
    }
    catalog.closeUnused(running, UNUSED);
    return PAUSE;
  }

  private synchronized void tellOnce(RepriseException e) {
    var active = store.active();
    trouble = "serves " + followed + " instead of " + active + ", see the log";
    if (!active.equals(refused)) {
      refused = active;
      LOG.error("this node serves {} instead of {}: {}", followed, active, e.getMessage(), e);
    }
  }

  private int migrate(String name, Path jar) {
    int run = Migrator.migrateApplication(database, jar);
    if (run > 0) {
      LOG.info("{} migrations of {} were run", run, name);
      // the new code writes to the new tables as soon as it is active
      NewTables.await(database, FOUND_WITHIN);
    }
    return run;
  }

  private static List<String> functions(Prepared jar) {
    return jar.application().definitions().stream()
        .map(FunctionDefinition::name)
        .toList();
  }

  private static void requireDistinct(List<Prepared> jars) {
    var owners = new HashMap<String, String>();
    for (var jar : jars) {
      for (var function : functions(jar)) {
        var other = owners.put(function, jar.name());
        if (other != null) {
          throw new RepriseException("the function " + function + " is in two jars, " + other
              + " and " + jar.name() + ": leave one of them out, or rename the class in one with"
              + " @Function(\"name\")");
        }
      }
    }
  }
}
