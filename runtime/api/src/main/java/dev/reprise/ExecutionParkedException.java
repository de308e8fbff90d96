package dev.reprise;

/** The execution whose result was asked for is parked or stranded: it waits for somebody's help. The message names the cause. */
public class ExecutionParkedException extends RepriseException {
  /** With a message that names what was wrong and what to do. */
  public ExecutionParkedException(String message) {
    super(message);
  }
}
