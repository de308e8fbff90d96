package dev.reprise.debugger.history;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which transactions a transaction saw: those below {@code xmax} but for the ones in progress. Of two snapshots of one
 * primary, one includes the other. Immutable.
 *
 * @param xmin all below it are seen
 * @param xmax none from it on is seen
 * @param inProgress between the two, not seen
 */
public record Snapshot(long xmin, long xmax, Set<Long> inProgress) {
  private static final Pattern TEXT =
      Pattern.compile("(\\d{1,19}):(\\d{1,19}):((\\d{1,19})(,\\d{1,19})*)?");

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException unless {@code 1 <= xmin <= xmax} and what is in progress lies between
   */
  public Snapshot {
    inProgress = Set.copyOf(inProgress);
    long low = xmin;
    long high = xmax;
    if (low < 1 || high < low || inProgress.stream().anyMatch(xid -> xid < low || xid >= high)) {
      throw new IllegalArgumentException("not a snapshot: " + xmin + ":" + xmax + ":" + inProgress);
    }
  }

  /**
   * Reads the text form of {@code pg_snapshot}, {@code 10:20:10,14}.
   *
   * @throws IllegalArgumentException for any other text
   */
  public static Snapshot parse(String text) {
    var parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not a snapshot: \"" + text + "\"");
    }
    var inProgress = new LinkedHashSet<Long>();
    if (parts.group(3) != null) {
      for (String xid : parts.group(3).split(",", -1)) {
        inProgress.add(Long.valueOf(xid));
      }
    }
    return new Snapshot(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)), inProgress);
  }

  /** Whether the effects of that transaction were seen, if it committed. */
  public boolean sees(long xid) {
    return xid < xmax && !inProgress.contains(xid);
  }

  /**
   * The same, but not seeing that transaction. A snapshot that was taken after its own transaction had got an id does not
   * name it among those in progress.
   */
  public Snapshot without(long xid) {
    return without(List.of(xid));
  }

  /** What sees the same but for these. */
  public Snapshot without(Collection<Long> transactions) {
    var unseen = new HashSet<>(inProgress);
    transactions.stream().filter(this::sees).forEach(unseen::add);
    long low = unseen.stream().min(Long::compare).orElse(xmax);
    return new Snapshot(Math.min(xmin, low), xmax, unseen);
  }

  /** Whether it sees all that the other one sees. */
  public boolean includes(Snapshot other) {
    long unseen = inProgress.stream().filter(other::sees).count();
    if (unseen > 0) {
      return false;
    }
    if (other.xmax <= xmax) {
      return true;
    }
    // From our xmax on, the other one sees none.
    long notSeenThere = other.inProgress.stream().filter(xid -> xid >= xmax).count();
    return notSeenThere == other.xmax - xmax;
  }

  /** How many it sees, counted from an unknown beginning: the order of inclusion as a number. */
  public long rank() {
    return xmax - inProgress.size();
  }

  /** As the server writes it. */
  @Override
  public String toString() {
    var text = new StringBuilder().append(xmin).append(':').append(xmax).append(':');
    String separator = "";
    for (long xid : new TreeSet<>(inProgress)) {
      text.append(separator).append(xid);
      separator = ",";
    }
    return text.toString();
  }
}
