package dev.reprise.debugger.replay;

import dev.reprise.debugger.replay.Deed.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Transactions at random, on so few rows that they meet. For one thread. */
final class DeedGenerator {
  private static final List<Kind> READS = List.of(Kind.READ, Kind.SUM, Kind.READ, Kind.LINGER);
  private static final List<Kind> WITHIN = List.of(
      Kind.OPEN,
      Kind.CHILD,
      Kind.CHILD_MOVE,
      Kind.PARENT_DELETE,
      Kind.TOKEN,
      Kind.ADD,
      Kind.JOURNAL,
      Kind.SWAP);
  private static final List<Kind> OFTEN = List.of(
      Kind.READ, Kind.ADD, Kind.SPEND, Kind.LOCK, Kind.SUM, Kind.LINGER, Kind.LINGER, Kind.JOURNAL);
  private static final List<Kind> ON_KEYS = List.of(
      Kind.TOKEN_ONCE,
      Kind.TOKEN_ONCE,
      Kind.TOKEN_DELETE,
      Kind.TOKEN_DELETE,
      Kind.LINGER,
      Kind.LINGER,
      Kind.JOURNAL);
  private static final int NESTED = 3;

  private final Random random;
  private final boolean onKeys;

  DeedGenerator(Random random) {
    this(random, false);
  }

  /**
   * With a preference.
   *
   * @param onKeys for what looks past snapshots at keys, and waits
   */
  DeedGenerator(Random random, boolean onKeys) {
    this.random = random;
    this.onKeys = onKeys;
  }

  /** A transaction that writes. */
  List<Deed> transaction() {
    var deeds = new ArrayList<Deed>();
    int count = 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      deeds.add(deed());
    }
    return List.copyOf(deeds);
  }

  /** A transaction that only reads. */
  List<Deed> reads() {
    return List.of(of(any(READS)), of(any(READS)), of(any(READS)));
  }

  /** A statement of somebody who is not known to the log. */
  Deed ofStrangers() {
    Deed deed;
    do {
      deed = of(any(List.of(Kind.values())));
    } while (deed.kind() == Kind.TRY
        || deed.kind() == Kind.UNDO
        || deed.kind() == Kind.LINGER
        || deed.kind() == Kind.FAIL);
    return deed;
  }

  private Deed deed() {
    if (onKeys) {
      return of(any(ON_KEYS));
    }
    if (random.nextInt(2) == 0) {
      return of(any(OFTEN));
    }
    var kind = any(List.of(Kind.values()));
    if (kind == Kind.FAIL && random.nextInt(3) > 0) {
      kind = Kind.ADD;
    }
    if (kind != Kind.TRY && kind != Kind.UNDO) {
      return of(kind);
    }
    var within = new ArrayList<Deed>();
    for (int i = random.nextInt(NESTED); i >= 0; i--) {
      within.add(of(any(WITHIN)));
    }
    return new Deed(kind, 0, 0, 0, List.copyOf(within));
  }

  private Deed of(Kind kind) {
    int most = switch (kind) {
      case PARENT, PARENT_NOTE, PARENT_DELETE, CHILD, CHILD_MOVE, CHILD_DELETE, SHARE -> 5;
      case TOKEN, TOKEN_UPSERT, TOKEN_ONCE, TOKEN_DELETE -> 4;
      case SWAP -> 5;
      default -> 10;
    };
    int a = 1 + random.nextInt(most);
    int b = 1 + random.nextInt(most);
    return kind == Kind.SUM
        ? Deed.of(kind, Math.min(a, b), Math.max(a, b), 0)
        : Deed.of(kind, a, b, 1 + random.nextInt(4));
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
