package dev.reprise.samples.shop;

/** There is no order of this id. */
public class UnknownOrder extends Exception {
  /** With a message that says what was asked for. */
  public UnknownOrder(String message) {
    super(message);
  }
}
