package dev.reprise.debugger.replay;

import java.util.List;

/**
 * One thing that a generated transaction does.
 *
 * @param a a key
 * @param b another
 * @param n a number
 * @param within what is done inside, for {@link Kind#TRY}
 */
public record Deed(Kind kind, int a, int b, int n, List<Deed> within) {

  /** What is done. */
  public enum Kind {
    READ,
    ADD,
    SPEND,
    OPEN,
    CLOSE,
    SUM,
    RAISE,
    LOCK,
    SHARE,
    PARENT,
    PARENT_NOTE,
    PARENT_DELETE,
    CHILD,
    CHILD_MOVE,
    CHILD_DELETE,
    TOKEN,
    TOKEN_UPSERT,
    TOKEN_ONCE,
    TOKEN_DELETE,
    JOURNAL,
    SWAP,
    /** Waits until others have got on. */
    LINGER,
    /** Does what is within; where that fails, it is undone and the transaction goes on. */
    TRY,
    /** Does what is within, and undoes it. */
    UNDO,
    FAIL
  }

  static Deed of(Kind kind, int a, int b, int n) {
    return new Deed(kind, a, b, n, List.of());
  }
}
