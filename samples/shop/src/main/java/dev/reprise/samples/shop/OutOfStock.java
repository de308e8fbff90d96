package dev.reprise.samples.shop;

/** There is less of an item than was asked for. */
public class OutOfStock extends Exception {
  /** With a message that says what was asked for. */
  public OutOfStock(String message) {
    super(message);
  }
}
