package dev.reprise.runtime.store;

import java.util.Locale;

/** What a row of the operation log records. */
public enum OperationKind {
  /** A transaction function. */
  TRANSACTION,
  /** A step, a method or inline. */
  STEP,
  /** A child execution that was waited for. */
  WORKFLOW,
  /** A child execution that was started. */
  START,
  /** A sleep; the output is the time at which it ends. */
  SLEEP,
  /** A wait for a message began; the output is the time at which it ends. */
  AWAIT,
  /** A message was received; the output is the message, null without an error where none came in time. */
  RECEIVE,
  /** A message was sent. */
  SEND,
  /** An event was published. */
  PUBLISH,
  /** A request was answered. */
  REPLY,
  /** The execution takes the way of changed code. */
  PATCH,
  /** The run ended, and the execution went on as a new one. */
  CONTINUE,
  /** A branch that was begun. */
  BRANCH,
  /** The end of a branch from outside: cancellation or timeout. Nothing can be recorded at its position any more. */
  CLOSED;

  /** As it is stored and shown: lower case. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The inverse of {@link #label()}. */
  public static OperationKind ofLabel(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}
