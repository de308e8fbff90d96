package dev.reprise.debugger.replay;

import java.util.ArrayList;
import java.util.List;

/**
 * How a call came out in the replay.
 *
 * @param differences empty where nothing differs
 * @param made the changes that the body made, in their order
 * @param notes what else there is to say, such as the order that was needed
 */
public record Verdict(
    TracedCall call,
    Kind kind,
    List<Difference> differences,
    List<String> made,
    List<String> notes) {

  /** What to think of it. */
  public enum Kind {
    /** It came out as recorded, on the state that it saw. */
    FAITHFUL,
    /** It came out as recorded; at READ COMMITTED each statement saw a state of its own, which is not recorded. */
    UNGUARANTEED,
    /** Something differs. */
    DIVERGED
  }

  /** With one more note. */
  Verdict with(String note) {
    var more = new ArrayList<>(notes);
    more.add(note);
    return new Verdict(call, kind, differences, made, List.copyOf(more));
  }

  /** Whether nothing differs. */
  public boolean isEqual() {
    return kind != Kind.DIVERGED;
  }
}
