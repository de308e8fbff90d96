package dev.reprise.debugger.retro;

import dev.reprise.RepriseException;
import dev.reprise.debugger.rebuild.ChangeApplier;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.replay.Plan;
import dev.reprise.debugger.replay.Replay;
import dev.reprise.debugger.replay.Script;
import dev.reprise.runtime.execution.Rehearsal;
import dev.reprise.runtime.postgres.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Runs recorded executions again with other code, on the state that they began on, their concurrency kept; a walk may be
 * had as often as one likes, each begins from the start. The source database is only read. For one thread.
 *
 * <p>Source: Li et al., "R3: Record-Replay-Retroaction for Database-Backed Applications", PVLDB 16(11), 2023, algorithms 2 and
 * 3; this one orders by snapshots and commits instead of transaction ids.
 */
public final class Retroaction {
  private final Replay ground;
  private final Database source;
  private final ExecutorService threads;
  private final Duration patience;
  private final Plan plan;

  /**
   * On the ground of a replay.
   *
   * @param ground the trace, and the state that it began on
   * @param source the database of the log, which is only read
   * @param threads runs the author's code
   * @param patience how long a body, or the code from one call to the next, may take
   */
  public Retroaction(Replay ground, Database source, ExecutorService threads, Duration patience) {
    this(ground, ground.plan(), source, threads, patience);
  }

  /**
   * On a ground with an order that was found on another, as where its tables were altered.
   *
   * @param plan in which order the original run went
   */
  public Retroaction(
      Replay ground, Plan plan, Database source, ExecutorService threads, Duration patience) {
    ground.requireSameDefinitions();
    this.ground = ground;
    this.plan = plan;
    this.source = source;
    this.threads = threads;
    this.patience = patience;
  }

  /**
   * Which code, for whom.
   *
   * @param code the changed code
   * @param steps how steps are answered
   * @param unaffected ids of executions that are not run again, with why; their effects are applied as recorded
   * @param leftOut ids of executions that are to have no effect
   * @param footprints whether to find out what transactions read and write
   */
  public record Change(
      NewCode code,
      Steps steps,
      Map<String, String> unaffected,
      Set<String> leftOut,
      boolean footprints) {}

  /**
   * What came out. To be closed, which drops the database.
   *
   * @param executions those of the trace in their order, then those that there were not
   * @param transactions in the order in which they ended
   * @param end the database at the end
   */
  public record Result(
      List<Redone> executions, List<Performed> transactions, List<String> notes, Scratch end)
      implements AutoCloseable {
    @Override
    public void close() {
      end.close();
    }
  }

  /** The state that the recorded run left; to be closed. */
  public Scratch originalEnd() {
    var end = ground.start().copy();
    try (var connection = end.open()) {
      connection.setAutoCommit(false);
      for (long transaction : plan.schedule().order().transactions()) {
        new ChangeApplier(connection)
            .apply(Objects.requireNonNull(plan.recorded().get(transaction)));
        connection.commit();
      }
      return end;
    } catch (SQLException | RuntimeException e) {
      end.close();
      throw new RepriseException("the recorded end cannot be made: " + e.getMessage(), e);
    }
  }

  /** Runs it. */
  public Result run(Change change) throws InterruptedException {
    var end = ground.start().copy();
    boolean done = false;
    try {
      var result = walk(change, end);
      done = true;
      return result;
    } catch (SQLException e) {
      throw new RepriseException("the run could not go on: " + e.getMessage(), e);
    } finally {
      if (!done) {
        end.close();
      }
    }
  }

  /**
   * Begins a run whose order somebody else chooses.
   *
   * @param database a copy of {@link #start}, which the caller drops
   */
  public FreeRun free(Change change, Scratch database) throws SQLException {
    return free(change, new Sessions(database), true);
  }

  /** The same in a database that is used again, which the caller {@linkplain Arena#reset resets} behind it. */
  public FreeRun free(Change change, Arena arena) throws SQLException {
    return free(change, arena.sessions(), false);
  }

  private FreeRun free(Change change, Sessions opener, boolean isOwner) throws SQLException {
    var scripts = scriptsOf(change);
    var rehearsal = new Rehearsal(source, threads);
    var cast = new Cast(rehearsal, threads, patience, change.steps(), change.code(), scripts);
    var bodies =
        new Bodies(opener, ground.instruments(), footprints(change, opener), threads, patience);
    return new FreeRun(plan, scripts, cast, bodies, opener, isOwner, ground.instruments());
  }

  /** A database for runs one after the other, which is dropped with the ground of this retroaction, or before. */
  public Arena arena() {
    var arena = new Arena(ground.start()::copy);
    ground.closeFirst(arena::close);
    return arena;
  }

  private List<Script> scriptsOf(Change change) {
    var out = family(ground.trace().scripts(), change.leftOut());
    return ground.trace().scripts().stream()
        .filter(script -> !out.contains(script.row().execution()))
        .toList();
  }

  /** The state that every run begins on; to be copied. */
  public Scratch start() {
    return ground.start();
  }

  private Result walk(Change change, Scratch database) throws SQLException, InterruptedException {
    var scripts = ground.trace().scripts();
    var out = family(scripts, change.leftOut());
    var apart = family(scripts, change.unaffected().keySet());
    var rehearsal = new Rehearsal(source, threads);
    try (var opener = new Sessions(database);
        var cast = new Cast(rehearsal, threads, patience, change.steps(), change.code(), scripts)) {
      var bodies =
          new Bodies(opener, ground.instruments(), footprints(change, opener), threads, patience);
      var walk = new RetroWalk(
          patience,
          plan,
          scripts,
          execution -> !out.contains(execution) && !apart.contains(execution),
          out::contains,
          cast,
          bodies,
          new Foresight(rehearsal, threads),
          opener,
          ground.instruments());
      var performed = walk.go();
      return new Result(redone(change, scripts, cast, out), performed, walk.notes(), database);
    }
  }

  private static @Nullable Footprints footprints(Change change, Held.Opener opener)
      throws SQLException {
    if (!change.footprints()) {
      return null;
    }
    try (var connection = opener.open()) {
      return Footprints.of(connection);
    }
  }

  /** With the children of those. */
  private static Set<UUID> family(List<Script> scripts, Set<String> ids) {
    var found = new HashSet<UUID>();
    boolean grows = true;
    while (grows) {
      grows = false;
      for (var script : scripts) {
        var parent = script.row().parentExecution();
        if (ids.contains(script.row().id()) || parent != null && found.contains(parent)) {
          grows |= found.add(script.row().execution());
        }
      }
    }
    return found;
  }

  private static List<Redone> redone(
      Change change, List<Script> scripts, Cast cast, Set<UUID> out) {
    var all = new LinkedHashMap<UUID, Redone>();
    for (var script : scripts) {
      var row = script.row();
      var original = Request.endingOf(row);
      var request = cast.find(row.execution());
      if (request != null) {
        all.put(row.execution(), told(request, original));
      } else if (out.contains(row.execution())) {
        all.put(
            row.execution(),
            new Redone(
                row.id(), row.function(), row.parent(), Redone.How.SKIPPED, null, original, null));
      } else if (change.unaffected().containsKey(row.id())) {
        var why = change.unaffected().get(row.id());
        all.put(
            row.execution(),
            new Redone(
                row.id(),
                row.function(),
                row.parent(),
                Redone.How.UNAFFECTED,
                why,
                original,
                original));
      } else {
        all.put(
            row.execution(),
            new Redone(
                row.id(),
                row.function(),
                row.parent(),
                Redone.How.RUN,
                Redone.NOT_CALLED,
                original,
                null));
      }
    }
    for (var request : cast.requests()) {
      all.computeIfAbsent(request.row().execution(), execution -> told(request, null));
    }
    return new ArrayList<>(all.values());
  }

  private static Redone told(Request request, Redone.@Nullable Ending original) {
    var parent = request.parent();
    return new Redone(
        request.id(),
        request.row().function(),
        parent == null ? request.row().parent() : parent.id(),
        Redone.How.RUN,
        request.stopped(),
        original,
        request.ending());
  }

  /** The executions of the trace as they are recorded. */
  public List<Redone> originalExecutions() {
    return ground.trace().scripts().stream()
        .map(Script::row)
        .map(row -> new Redone(
            row.id(),
            row.function(),
            row.parent(),
            Redone.How.UNAFFECTED,
            null,
            Request.endingOf(row),
            Request.endingOf(row)))
        .toList();
  }

  /** The executions of the trace with the code that ran them, children behind their parents. */
  public List<Script> scripts() {
    return ground.trace().scripts();
  }

  /** The plan of the original run. */
  public Plan plan() {
    return plan;
  }
}
