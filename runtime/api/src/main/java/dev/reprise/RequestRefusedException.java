package dev.reprise;

/** A workflow refused a request; the message is the reason that it gave. */
public class RequestRefusedException extends RepriseException {
  /** With the reason. */
  public RequestRefusedException(String message) {
    super(message);
  }
}
