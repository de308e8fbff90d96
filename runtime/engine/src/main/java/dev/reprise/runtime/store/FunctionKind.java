package dev.reprise.runtime.store;

import java.util.Locale;

/** What a function is. */
public enum FunctionKind {
  TRANSACTION,
  STEP,
  WORKFLOW;

  /** As it is stored and shown: lower case. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The inverse of {@link #label()}. */
  public static FunctionKind ofLabel(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}
