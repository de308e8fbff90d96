package dev.reprise.debugger.explore;

import dev.reprise.ExecutionStatus;
import dev.reprise.Isolation;
import dev.reprise.RepriseException;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.report.Checks;
import dev.reprise.debugger.report.StateDigest;
import dev.reprise.debugger.retro.Access;
import dev.reprise.debugger.retro.Footprint;
import dev.reprise.debugger.retro.FreeRun;
import dev.reprise.debugger.retro.Performed;
import dev.reprise.debugger.retro.Redone;
import dev.reprise.debugger.retro.Retroaction;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The requests of a recorded trace, run with some code on the state that the trace began on. For one thread. */
public final class TraceSubject implements Subject {
  private static final String LINKED = """
      select distinct n.nspname || '.' || c.relname
        from pg_constraint k cross join lateral (values (k.conrelid), (k.confrelid)) t(oid)
        join pg_class c on c.oid = t.oid join pg_namespace n on n.oid = c.relnamespace
       where k.contype = 'f'
      """;

  private final Retroaction retroaction;
  private final Retroaction.Change change;
  private final List<String> checks;
  private final List<Failure> originalFailures;
  private final Map<String, String> requests = new HashMap<>();
  private final Set<String> linked;
  private final Map<String, Set<Map<String, @Nullable String>>> brokenBefore = new HashMap<>();
  private Seen last = new Seen(List.of(), List.of());

  /**
   * What a run left, beside what a {@link Trial} tells.
   *
   * @param performed in the order in which they ended
   */
  public record Seen(List<Performed> performed, List<Redone> executions) {}

  /**
   * Of a trace.
   *
   * @param change finds footprints
   * @param checks statements that must return no row at the end
   */
  public TraceSubject(Retroaction retroaction, Retroaction.Change change, List<String> checks)
      throws SQLException {
    if (!change.footprints()) {
      throw new IllegalArgumentException("a search needs to know what transactions read and write");
    }
    this.retroaction = retroaction;
    this.change = change;
    this.checks = List.copyOf(checks);
    this.originalFailures = retroaction.originalExecutions().stream()
        .filter(it -> it.original() != null)
        .flatMap(it -> failure(it.id(), Objects.requireNonNull(it.original())).stream())
        .toList();
    try (var connection = retroaction.start().open()) {
      this.linked =
          new HashSet<>(Jdbc.query(connection, LINKED, Binder.NOTHING, row -> row.getString(1)));
    }
    try (var connection = retroaction.start().open()) {
      for (var check : checks) {
        brokenBefore.put(check, new HashSet<>(Checks.rows(connection, check)));
      }
    }
  }

  /** The checks that do not hold where the trace begins; of these only other rows count. */
  public List<String> brokenBefore() {
    return checks.stream()
        .filter(check -> !brokenBefore.getOrDefault(check, Set.of()).isEmpty())
        .toList();
  }

  @Override
  public String requestOf(String actor) {
    return requests.getOrDefault(actor, actor);
  }

  @Override
  public List<Failure> originalFailures() {
    return originalFailures;
  }

  @Override
  public List<String> rowsOf(String check, List<Event> schedule)
      throws SQLException, InterruptedException {
    return new Evidence(this, this::copy)
        .rowsOf(check, schedule, brokenBefore.getOrDefault(check, Set.of()));
  }

  @Override
  public List<String> difference(List<Event> schedule, List<List<Event>> others)
      throws SQLException, InterruptedException {
    return new Evidence(this, this::copy).difference(schedule, others);
  }

  /** The state that every run begins on, to be closed. */
  public Scratch copy() {
    return retroaction.start().copy();
  }

  /** What the last run came to. */
  public Seen last() {
    return last;
  }

  @Override
  public Trial run(Chooser chooser) throws SQLException, InterruptedException {
    try (var scratch = copy()) {
      return run(chooser, scratch);
    }
  }

  /** The same in a database that stays. */
  public Trial run(Chooser chooser, Scratch scratch) throws SQLException, InterruptedException {
    var steps = new ArrayList<Step>();
    var takes = new HashMap<String, Integer>();
    var counts = new HashMap<String, Integer>();
    boolean stopped = false;
    List<Redone> executions;
    List<Performed> performed;
    try (var run = retroaction.free(change, scratch)) {
      for (var waiting = run.waiting(); !waiting.isEmpty(); waiting = run.waiting()) {
        var enabled = enabled(waiting, counts);
        var chosen = chooser.choose(List.copyOf(enabled));
        if (chosen == null) {
          stopped = true;
          break;
        }
        happen(run, chosen, enabled, steps, takes, counts);
      }
      executions = run.executions();
      performed = run.performed();
    }
    last = new Seen(performed, executions);
    if (!stopped) {
      requireEnds(executions, steps);
    }
    boolean complete = !stopped && executions.stream().allMatch(it -> it.now() != null);
    try (var connection = scratch.open()) {
      return new Trial(
          steps,
          StateDigest.of(connection, true),
          executions.stream().flatMap(it -> failure(it).stream()).toList(),
          broken(connection),
          complete);
    }
  }

  private SortedSet<Event> enabled(List<FreeRun.Waiting> waiting, Map<String, Integer> counts) {
    var enabled = new TreeSet<Event>();
    for (var one : waiting) {
      requests.put(one.actor(), one.request());
      var kind = one.isolation() != Isolation.REPEATABLE_READ
          ? Event.Kind.WHOLE
          : one.taken() ? Event.Kind.END : Event.Kind.TAKE;
      enabled.add(new Event(one.actor(), counts.getOrDefault(one.actor(), 0) + 1, kind));
    }
    return enabled;
  }

  private void happen( // tidy: the state of one run
      FreeRun run,
      Event chosen,
      Set<Event> enabled,
      List<Step> steps,
      Map<String, Integer> takes,
      Map<String, Integer> counts)
      throws SQLException, InterruptedException {
    var actor = chosen.actor();
    if (chosen.kind() == Event.Kind.TAKE) {
      run.take(actor);
      takes.put(actor, steps.size());
      steps.add(new Step(chosen, enabled, Footprint.NONE));
      return;
    }
    var performed = run.end(actor);
    counts.merge(actor, 1, Integer::sum);
    var footprint = performed.footprint();
    boolean committed = performed.error() == null;
    if (chosen.kind() == Event.Kind.WHOLE) {
      steps.add(new Step(chosen, enabled, Step.ofWhole(footprint, committed)));
      return;
    }
    var attempts = Collections.nCopies(performed.attempts(), footprint);
    int taken = Objects.requireNonNull(takes.remove(actor));
    var take = steps.get(taken);
    steps.set(taken, new Step(take.event(), take.enabled(), Step.ofTake(attempts)));
    steps.add(new Step(chosen, enabled, Step.ofEnd(attempts, committed, pastSnapshot(footprint))));
  }

  /** What foreign keys look at is not told apart from the rest. */
  private Set<Access> pastSnapshot(Footprint footprint) {
    return footprint.writes().stream().anyMatch(write -> linked.contains(write.table()))
        ? footprint.reads()
        : Set.of();
  }

  /** An execution that needs something which nobody recorded says nothing about its interleaving. */
  private static void requireEnds(List<Redone> executions, List<Step> steps) {
    for (var redone : executions) {
      if (redone.now() == null && redone.why() != null) {
        throw new RepriseException(redone.id() + " cannot come to its end in the order "
            + Schedules.format(steps.stream().map(Step::event).toList()) + ": " + redone.why());
      }
    }
  }

  private static List<Failure> failure(Redone redone) {
    var now = redone.now();
    return now == null ? List.of() : failure(redone.id(), now);
  }

  private static List<Failure> failure(String id, Redone.Ending ending) {
    var error = ending.error();
    if (ending.status() == ExecutionStatus.SUCCEEDED || error == null) {
      return List.of();
    }
    int colon = error.indexOf(": ");
    return List.of(
        colon < 0
            ? new Failure(id, error, null)
            : new Failure(id, error.substring(0, colon), error.substring(colon + 2)));
  }

  private List<String> broken(Connection connection) throws SQLException {
    var broken = new ArrayList<String>();
    for (var check : checks) {
      if (!brokenBefore.getOrDefault(check, Set.of()).containsAll(Checks.rows(connection, check))) {
        broken.add(check);
      }
    }
    return broken;
  }
}
