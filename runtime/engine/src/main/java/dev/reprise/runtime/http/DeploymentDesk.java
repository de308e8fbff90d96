package dev.reprise.runtime.http;

import dev.reprise.runtime.store.DeploymentStore.Deployment;
import dev.reprise.runtime.store.DeploymentStore.Replaced;
import java.nio.file.Path;
import java.util.List;

/**
 * Deploys code on a running server. Thread-safe.
 *
 * <p>Each method throws {@link dev.reprise.runtime.deploy.DeploymentException} for what cannot be done; its message says why.
 */
public interface DeploymentDesk {
  /**
   * A jar that somebody sent.
   *
   * @param jar a file that is deleted when it was dealt with
   * @param name for people, like {@code shop.jar}
   * @param activate whether new calls are to go to it
   * @param migrate whether to run its migrations before it is activated
   */
  record Upload(Path jar, String name, boolean activate, boolean migrate) {}

  /**
   * What came of a deployment or an activation.
   *
   * @param isNew whether the jar was not kept before
   * @param replaced what gave way to it
   * @param migrations how many scripts were run
   */
  record Deployed(Deployment deployment, boolean isNew, List<Replaced> replaced, int migrations) {}

  /**
   * What came of a rollback.
   *
   * @param from versions that are active no longer
   * @param to versions that are active again
   * @param migrations scripts of {@code from} that {@code to} does not have: what they did to the tables stays
   */
  record RolledBack(List<String> from, List<String> to, List<String> migrations) {}

  /** Checks the jar, keeps it, and makes new calls go to it. */
  Deployed deploy(Upload upload);

  /** All kept versions, the newest first. */
  List<Deployment> list();

  /** Makes new calls go to a kept version. */
  Deployed activate(String version, boolean migrate);

  /** Makes active what was active before the last activation. */
  RolledBack rollback();

  /** Deletes a kept version that nothing needs. */
  Deployment remove(String version);
}
