package dev.reprise.runtime.record;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the recording fares on a node.
 *
 * @param detail for people, without secrets
 * @param lagBytes of the server's log that is not recorded yet, as of the last look; 0 on a node that does not record
 * @param retainedBytes of its log that the server keeps for the slot, as of the last look; 0 on a node that does not
 * record
 * @param since the time of the oldest state that can be rebuilt, as of a look some minutes ago; null on a node that does not
 * record
 * @param historyBytes what the history takes on the disk, likewise; 0 on a node that does not record
 */
public record RecordStatus(
    State state,
    String detail,
    long lagBytes,
    long retainedBytes,
    @Nullable Instant since,
    long historyBytes) {
  static final RecordStatus OFF = of(State.OFF, "off");

  /** What the recorder of a node does. */
  public enum State {
    /** Nothing, as configured. */
    OFF,
    /** It begins, or begins again after a failure. */
    STARTING,
    /** Another node records; this one takes over when that one is gone. */
    STANDBY,
    /** It copies the rows that there are. */
    COPYING,
    /** It records. */
    RECORDING,
    /** It has ended the epoch because it lagged too far, and begins another after a rest. */
    RESTING,
    /** The database forbids it; the detail says what to do. */
    IMPOSSIBLE
  }

  /** For people, on one line. */
  @Override
  public String toString() {
    var lag = state == State.RECORDING
        ? ", " + lagBytes + " bytes behind, " + retainedBytes + " bytes retained"
            + (since == null ? "" : "; " + historyBytes + " bytes of history since " + since)
        : "";
    return state.name().toLowerCase(Locale.ROOT) + ": " + detail + lag;
  }

  static RecordStatus of(State state, String detail) {
    return new RecordStatus(state, detail, 0, 0, null, 0);
  }
}
