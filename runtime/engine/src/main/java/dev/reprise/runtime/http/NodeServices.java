package dev.reprise.runtime.http;

import dev.reprise.runtime.execution.Schedules;
import java.util.Optional;

/**
 * What a node does for its callers beside running executions. What is absent has no routes, or some that say so.
 *
 * @param schedules when workflows are started by the clock
 * @param desk takes deployments; empty where the code is part of an application
 */
public record NodeServices(Optional<Schedules> schedules, Optional<DeploymentDesk> desk) {
  /** Nothing. */
  public static final NodeServices NONE = new NodeServices(Optional.empty(), Optional.empty());
}
