package dev.reprise.samples.shop;

/** The customer's bank said no: no money was taken, and asking again does not help. */
public class PaymentDeclined extends Exception {
  /** With a message that says what was asked for. */
  public PaymentDeclined(String message) {
    super(message);
  }
}
