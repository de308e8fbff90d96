package dev.reprise.runtime.config;

/**
 * What one execution may take, so that none harms the others.
 *
 * @param maxRecoveries how often an execution may go on after the death of the node that ran it, without having slept in
 *     between, before it is parked; 20 by default
 * @param maxValue how many bytes of JSON an input from code, a result or an outcome of a step may have; 4 MiB by default
 * @param maxOperations how many operations the log of an execution may have; 50,000 by default
 */
public record Limits(int maxRecoveries, int maxValue, int maxOperations) {
  /** The defaults. */
  public static final Limits DEFAULT = new Limits(20, 4 << 20, 50_000);

  /** No limits; for code that is run again. */
  public static final Limits NONE =
      new Limits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

  public Limits {
    require("max-recoveries", maxRecoveries, 1);
    require("max-value", maxValue, 1024);
    require("max-operations", maxOperations, 10);
  }

  private static void require(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is at least " + least + ", not " + value);
    }
  }
}
