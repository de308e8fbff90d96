package dev.reprise.runtime.server;

import dev.reprise.RepriseException;
import dev.reprise.runtime.background.Loop;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.deploy.Catalog;
import dev.reprise.runtime.deploy.JarVersions;
import dev.reprise.runtime.deploy.JarVersions.Prepared;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.postgres.Migrator;
import dev.reprise.runtime.store.DeploymentStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings jars into the database and keeps the catalog of this node at what is active there, whichever node activated it.
 * Thread-safe.
 */
final class Deployments implements Loop.Work {
  private static final Logger LOG = LoggerFactory.getLogger(Deployments.class);
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final DeploymentStore store;
  private final JarVersions versions;
  private final Catalog catalog;
  private final Code.Site site;
  private List<String> followed = List.of();
  private List<String> refused = List.of();

  Deployments(
      DeploymentStore store, JarVersions versions, Catalog catalog, Code.Site site) {
    this.store = store;
    this.versions = versions;
    this.catalog = catalog;
    this.site = site;
  }

  /**
   * Keeps the jars and makes them the active ones. All are found fit before the database is touched.
   *
   * @param migrate whether to run their migrations before
   */
  void deploy(List<Path> jars, boolean migrate, DatabaseConfig database) {
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
        migrate(jar, database);
      }
    }
    for (var replaced : store.activate(List.copyOf(prepared.keySet()))) {
      LOG.info("deployment {} ({}) is replaced", replaced.version(), replaced.name());
      if (!replaced.lost().isEmpty()) {
        LOG.warn("no deployment has any longer: {}", String.join(", ", replaced.lost()));
      }
    }
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
    }
  }

  @Override
  public Duration round(boolean poked) {
    try {
      follow();
    } catch (RepriseException e) {
      tellOnce(e);
    }
    return PAUSE;
  }

  private synchronized void tellOnce(RepriseException e) {
    var active = store.active();
    if (!active.equals(refused)) {
      refused = active;
      LOG.error("this node serves {} instead of {}: {}", followed, active, e.getMessage(), e);
    }
  }

  private static void migrate(Prepared jar, DatabaseConfig database) {
    int run = Migrator.migrateApplication(database, jar.file());
    if (run > 0) {
      LOG.info("{} migrations of {} were run", run, jar.name());
    }
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
