package dev.reprise.runtime.execution;

/** A durable call where none is possible; trying again does not help. */
final class RefusedCallException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  RefusedCallException(String message) {
    super(message);
  }
}
