package dev.reprise;

/** Workflow code that no longer matches its log; the message names what is recorded and what was called. Parks the execution. */
public class NonDeterminismException extends ExecutionParkedException {
  /** With a message that names what was wrong and what to do. */
  public NonDeterminismException(String message) {
    super(message);
  }
}
