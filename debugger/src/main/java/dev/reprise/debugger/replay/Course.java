package dev.reprise.debugger.replay;

import dev.reprise.debugger.rebuild.Scratch;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The databases that one walk goes through, one for each {@linkplain Segments part}, copied when it comes there. Thread-safe. */
final class Course implements AutoCloseable {
  private final Segments segments;
  private final Plan plan;
  private final Map<Integer, Scratch> copies = new TreeMap<>();

  Course(Segments segments, Plan plan) {
    this.segments = segments;
    this.plan = plan;
  }

  /**
   * A database of the walk.
   *
   * @param scratch opens sessions there
   */
  record Stage(Session.Opener scratch, Instruments instruments) {}

  /** Where the walk begins. */
  synchronized Stage first() {
    return stage(0);
  }

  /** Where a call runs. */
  synchronized Stage of(int call) {
    return stage(segments.ofCall(plan, call));
  }

  /** Where the recorded changes of a transaction are made; null where what comes after it begins with them. */
  @Nullable
  synchronized Stage applying(long transaction) {
    int place = plan.schedule().order().placeOf(transaction);
    return segments.isChange(place, transaction) ? null : stage(segments.ofCommit(place));
  }

  /** Whether what a call commits is to be made elsewhere, too: definitions changed while it was under way. */
  synchronized boolean isCommittedElsewhere(int call, long transaction) {
    int place = plan.schedule().order().placeOf(transaction);
    return segments.ofCommit(place) != segments.ofCall(plan, call);
  }

  private Stage stage(int segment) {
    var ground = segments.ground(segment);
    var copy = copies.computeIfAbsent(segment, number -> ground.start().copy());
    return new Stage(copy::open, ground.instruments());
  }

  /** The database with all commits; to be asked for behind the walk. */
  synchronized Scratch end() {
    int last = segments.ofEnd(plan.schedule().order());
    for (int segment : copies.keySet()) {
      last = Math.max(last, segment);
    }
    var unused = stage(last);
    return Objects.requireNonNull(copies.get(last));
  }

  @Override
  public synchronized void close() {
    copies.values().forEach(Scratch::close);
  }
}
