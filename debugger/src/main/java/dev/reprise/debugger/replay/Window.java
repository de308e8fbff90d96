package dev.reprise.debugger.replay;

import dev.reprise.RepriseException;
import dev.reprise.debugger.history.Epoch;
import dev.reprise.debugger.history.History;
import dev.reprise.debugger.history.Lsn;
import dev.reprise.debugger.history.RecordedTransaction;
import dev.reprise.debugger.history.Snapshot;
import dev.reprise.debugger.rebuild.Definitions;
import dev.reprise.debugger.rebuild.Rebuilder;
import dev.reprise.debugger.rebuild.Visibility;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The part of the history that a trace is about: the state it starts from, and the commits from there to its end.
 *
 * @param epoch the recording it is in
 * @param start what every call of the trace saw at least
 * @param heldBack recorded transactions that {@code start} may see, but that come later
 * @param commits those after the start, in the order of their commit records
 * @param earliest the time of the start where it is not that of a snapshot: a failed call left none
 */
public record Window(
    Epoch epoch,
    Snapshot start,
    Set<Long> heldBack,
    List<RecordedTransaction> commits,
    @Nullable Instant earliest) {
  /** Clocks of nodes are estimates: a failed call may have begun so much before its record says. */
  private static final Duration CLOCKS_DIFFER = Duration.ofMillis(500);

  /** A commit without its changes. */
  private record Commit(long transaction, Lsn at, Instant time) {}

  /**
   * Of a trace with at least one call.
   *
   * @param now what is visible now, for traces of failures alone, which left no snapshot
   */
  public static Window of(History history, Trace trace, Snapshot now) {
    var snapshots = List.copyOf(trace.snapshots().values());
    var start = snapshots.stream().min(Comparator.comparing(Snapshot::rank)).orElse(now);
    var last = snapshots.stream().max(Comparator.comparing(Snapshot::rank)).orElse(now);
    var epoch = history.epochSeeing(start);
    if (epoch.epoch() != history.epochSeeing(last).epoch()) {
      throw new RepriseException(
          "the recording was interrupted between the first and the last of these calls; replay them in parts");
    }
    var commits = commits(history, epoch);
    if (!holdsAllOf(trace, commits)) {
      epoch = history.epochSeeing(now);
      commits = commits(history, epoch);
    }
    return within(history, trace, epoch, start, last, commits);
  }

  private static List<Commit> commits(History history, Epoch epoch) {
    var commits = new ArrayList<Commit>();
    history.commits(
        epoch, Lsn.ZERO, Lsn.MAX, (xid, at, time) -> commits.add(new Commit(xid, at, time)));
    return commits;
  }

  private static boolean holdsAllOf(Trace trace, List<Commit> commits) {
    var known = new HashSet<Long>();
    commits.forEach(commit -> known.add(commit.transaction()));
    return trace.calls().stream()
        .map(call -> call.operation().transactionId())
        .filter(Objects::nonNull)
        .allMatch(known::contains);
  }

  private static Window within(
      History history,
      Trace trace,
      Epoch epoch,
      Snapshot start,
      Snapshot last,
      List<Commit> commits) {
    var own = new HashSet<Long>();
    @Nullable Instant earliest = null;
    Instant latest = Instant.MIN;
    for (var call : trace.calls()) {
      var transaction = call.operation().transactionId();
      if (transaction != null) {
        own.add(transaction);
      }
      if (call.operation().snapshot() == null) {
        var begun = Trace.begun(call.operation()).minus(CLOCKS_DIFFER);
        earliest = earliest == null || begun.isBefore(earliest) ? begun : earliest;
        var ended = call.operation().completedAt().plus(CLOCKS_DIFFER);
        latest = ended.isAfter(latest) ? ended : latest;
      }
    }
    if (earliest != null && epoch.retention() != null && earliest.isBefore(epoch.beganAt())) {
      throw new RepriseException("a failed call of " + earliest
          + ", whose snapshot is not recorded, is older than the history, which begins at "
          + epoch.beganAt() + "; " + epoch.whyNotEarlier());
    }
    int end = 0;
    for (int i = 0; i < commits.size(); i++) {
      if (own.contains(commits.get(i).transaction())) {
        end = i + 1;
      }
    }
    boolean onlyFailures = trace.snapshots().isEmpty();
    var heldBack = new HashSet<Long>();
    var inside = new HashMap<Long, Commit>();
    for (int i = 0; i < commits.size(); i++) {
      var commit = commits.get(i);
      boolean atStart = start.sees(commit.transaction())
          && (earliest == null || commit.time().isBefore(earliest));
      if (!atStart) {
        heldBack.add(commit.transaction());
        boolean seen = !onlyFailures && last.sees(commit.transaction());
        if (i < end || seen || commit.time().isBefore(latest)) {
          inside.put(commit.transaction(), commit);
        }
      }
    }
    return new Window(epoch, start, heldBack, load(history, epoch, inside), earliest);
  }

  private static List<RecordedTransaction> load(
      History history, Epoch epoch, Map<Long, Commit> inside) {
    var loaded = new ArrayList<RecordedTransaction>();
    var first = inside.values().stream().map(Commit::at).min(Comparator.naturalOrder());
    var last = inside.values().stream().map(Commit::at).max(Comparator.naturalOrder());
    if (first.isPresent() && last.isPresent()) {
      var before = new Lsn(first.get().position() - 1);
      history.transactions(epoch, before, last.get(), transaction -> {
        if (inside.containsKey(transaction.xid())) {
          loaded.add(transaction);
        }
      });
    }
    return loaded;
  }

  /** Whether a transaction belongs to the state at the start. */
  public boolean isAtStart(long transaction) {
    return start.sees(transaction) && !heldBack.contains(transaction);
  }

  /** The state at the start. */
  public Visibility atStart() {
    return behind(Set.of());
  }

  /** The state at the start with some of the commits. */
  Visibility behind(Set<Long> done) {
    return new Visibility() {
      @Override
      public boolean sees(long transaction) {
        return isAtStart(transaction) || done.contains(transaction);
      }

      @Override
      public boolean knows(long transaction) {
        return earliest == null;
      }

      @Override
      public boolean mayInclude(Snapshot snapshot) {
        return start.includes(snapshot);
      }

      @Override
      public @Nullable Instant until() {
        return earliest;
      }
    };
  }

  /**
   * Which place a time falls on, as far as clocks tell.
   *
   * @param earliestFrom for each place the earliest commit from there on, which never falls
   */
  record Clock(List<Instant> earliestFrom) {
    static Clock of(List<Instant> commits) {
      var earliest = new ArrayList<>(commits);
      for (int i = earliest.size() - 2; i >= 0; i--) {
        if (earliest.get(i + 1).isBefore(earliest.get(i))) {
          earliest.set(i, earliest.get(i + 1));
        }
      }
      return new Clock(earliest);
    }

    /** Behind the last commit that is not later. */
    int placeAt(Instant time) {
      int low = 0;
      int high = earliestFrom.size();
      while (low < high) {
        int middle = (low + high) / 2;
        if (earliestFrom.get(middle).isAfter(time)) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      return low;
    }
  }

  private Map<Long, RecordedTransaction> recorded() {
    var recorded = new HashMap<Long, RecordedTransaction>();
    commits.forEach(commit -> recorded.put(commit.xid(), commit));
    return recorded;
  }

  private CommitOrder order(Trace trace) {
    return CommitOrder.of(
        commits.stream().map(RecordedTransaction::xid).toList(),
        trace.snapshots().values());
  }

  /** Where the definitions change, behind a start with those of a number. */
  List<Boundary> boundaries(Trace trace, Definitions definitions, int version) {
    return new Boundaries(
            definitions, order(trace), recorded(), trace.snapshots().values())
        .after(version);
  }

  /**
   * A state at which definitions changed.
   *
   * @param behind what it sees
   * @param unseen the commits of the window that it does not see
   * @param version the number of the new definitions
   * @param before that of those before
   */
  public record Change(Visibility behind, List<Long> unseen, int version, int before) {}

  /**
   * The definitions at the start and where they change, as a replay of the trace meets them.
   *
   * @param version the number of those at the start
   */
  public record Changes(Definitions definitions, int version, List<Change> all) {}

  /** Finds these. */
  public Changes changes(History history, Trace trace) {
    var definitions = Definitions.of(history, epoch);
    int version = new Rebuilder(history).version(epoch, atStart(), definitions);
    var transactions = order(trace).transactions();
    var all = new ArrayList<Change>();
    int before = version;
    for (var boundary :
        Segments.used(boundaries(trace, definitions, version), plan(trace, Moves.NONE))) {
      var done = new HashSet<>(transactions.subList(0, boundary.place()));
      all.add(new Change(
          behind(done),
          transactions.subList(boundary.place(), transactions.size()),
          boundary.version(),
          before));
      before = boundary.version();
    }
    return new Changes(definitions, version, all);
  }

  /** The plan of a trace in this window, with some bodies moved. */
  Plan plan(Trace trace, Moves moves) {
    var recorded = recorded();
    var order = order(trace);
    var clock = Clock.of(order.transactions().stream()
        .map(xid -> Objects.requireNonNull(recorded.get(xid)).committedAt())
        .toList());
    var calls = new ArrayList<Schedule.Call>();
    for (int i = 0; i < trace.calls().size(); i++) {
      var call = trace.calls().get(i);
      calls.add(new Schedule.Call(
          i,
          call.operation().transactionId(),
          Trace.snapshotOf(call),
          call.isolation() == dev.reprise.Isolation.READ_COMMITTED,
          trace.previousOf(i),
          clock.placeAt(call.operation().completedAt())));
    }
    return new Plan(Schedule.of(order, calls, moves), trace.calls(), recorded);
  }
}
