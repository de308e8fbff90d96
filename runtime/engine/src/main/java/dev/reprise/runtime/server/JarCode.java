package dev.reprise.runtime.server;

import dev.reprise.Settings;
import dev.reprise.runtime.background.Loop;
import dev.reprise.runtime.deploy.Catalog;
import dev.reprise.runtime.deploy.JarVersions;
import dev.reprise.runtime.store.DeploymentStore;
import dev.reprise.runtime.store.Sweep;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The code of a node that serves deployments: the given jars and whatever else is active in the database. */
record JarCode(List<Path> jars, boolean migrate, Settings settings) implements Code {
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

  @Override
  public Installed install(Site site) {
    var store = new DeploymentStore(site.log());
    var versions = new JarVersions(store, site::application, settings);
    var catalog = new Catalog(versions);
    var deployments = new Deployments(store, versions, catalog, site);
    try {
      deployments.deploy(jars, migrate, site.database());
      deployments.follow();
    } catch (RuntimeException e) {
      catalog.close();
      throw e;
    }
    return new Installed(
        catalog,
        () -> new Sweep.Capabilities(List.of(), null, true),
        List.of(new Loop("deployments", AFTER_FAILURE, deployments)));
  }
}
