package dev.reprise.samples.payments;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/**
 * What goes wrong with one request.
 *
 * @param delay before the answer is sent, where the mode is {@link Mode#SLOW}
 */
record Fault(Mode mode, Duration delay) {
  static final Fault NONE = new Fault(Mode.NORMAL, Duration.ZERO);

  /** The kinds of faults. */
  enum Mode {
    /** None. */
    NORMAL,
    /** Charges are refused with 402; nothing is written. */
    DECLINE,
    /** The answer comes after a delay. */
    SLOW,
    /** 500 before anything is written. */
    FAIL,
    /** The entry is written and the connection closed without an answer. */
    LOST;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Mode ofLabel(String label) {
      return Arrays.stream(values())
          .filter(mode -> mode.label().equals(label))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException(
              "mode is normal, decline, slow, fail or lost, not \"" + label + "\""));
    }
  }
}
