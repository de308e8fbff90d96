package dev.reprise.samples.shop;

/** The shop does not sell this. */
public class UnknownItem extends Exception {
  /** With a message that says what was asked for. */
  public UnknownItem(String message) {
    super(message);
  }
}
