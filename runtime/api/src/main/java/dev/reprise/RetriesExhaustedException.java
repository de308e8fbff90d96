package dev.reprise;

/** A transaction met serialization failures or deadlocks in every one of its attempts. */
public class RetriesExhaustedException extends RepriseException {
  /** With a message that names what was wrong and what to do. */
  public RetriesExhaustedException(String message) {
    super(message);
  }
}
