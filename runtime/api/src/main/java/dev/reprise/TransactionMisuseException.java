package dev.reprise;

/** A use of the bound connection that the transaction wrapper cannot allow, COMMIT for example. The message names the remedy. */
public class TransactionMisuseException extends RepriseException {
  /** With a message that names what was wrong and what to do. */
  public TransactionMisuseException(String message) {
    super(message);
  }
}
