package dev.reprise.runtime.execution;

import dev.reprise.RepriseException;
import dev.reprise.Scheduled.Missed;
import dev.reprise.runtime.deploy.Catalog;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.function.Policy;
import dev.reprise.runtime.function.Schedule;
import dev.reprise.runtime.function.Timetable;
import dev.reprise.runtime.store.ScheduleRow;
import dev.reprise.runtime.store.ScheduleStore;
import dev.reprise.runtime.store.ScheduleStore.Declaration;
import dev.reprise.runtime.store.ScheduleStore.Start;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts workflows at the times that {@code @Scheduled} says, each time once in the cluster.
 *
 * <p>Every node does this, for all schedules: the row of a schedule knows what there is to start, so no code is needed, and of
 * several nodes that try, the one that advances the row inserts the executions, in one transaction. A crash leaves either both
 * or none. Thread-safe.
 */
public final class Schedules {
  /** A nominal time that is later than this was missed. */
  static final Duration ON_TIME = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(Schedules.class);

  /** So many executions of one schedule are started in a transaction. */
  private static final int AT_ONCE = 100;

  private final ScheduleStore store;
  private final Catalog catalog;
  private final boolean ofDeployments;
  private final DueSignal due;
  private final Runnable changed;
  private @Nullable List<Declaration> declared;

  /**
   * Of the functions in the catalogue.
   *
   * @param ofDeployments whether the versions in the catalogue are deployments, of which not all are active
   * @param due told when executions were started
   * @param changed told when something may be due earlier than {@link #startDue} said
   */
  public Schedules(
      ScheduleStore store,
      Catalog catalog,
      boolean ofDeployments,
      DueSignal due,
      Runnable changed) {
    this.store = store;
    this.catalog = catalog;
    this.ofDeployments = ofDeployments;
    this.due = due;
    this.changed = changed;
  }

  /** There is no schedule of that name. */
  public static final class UnknownScheduleException extends RepriseException {
    private static final long serialVersionUID = 1L;

    UnknownScheduleException(String name) {
      super("there is no schedule " + name);
    }
  }

  /** The function of the schedule is not deployed. */
  public static final class NotDeployedException extends RepriseException {
    private static final long serialVersionUID = 1L;

    NotDeployedException(String name) {
      super("the function " + name + " is not deployed: no active deployment and no living node has"
          + " it with its schedule");
    }
  }

  /**
   * Notes what the code says of its schedules, where it says something else than the last time.
   *
   * @throws dev.reprise.runtime.postgres.DatabaseUnavailableException the database cannot be reached
   */
  public synchronized void declare() {
    var functions = catalog.activeFunctions();
    var said = functions.stream().flatMap(this::declaration).toList();
    if (said.equals(declared)) {
      return;
    }
    if (!said.isEmpty()) {
      var now = store.now();
      store.declare(said.stream().map(one -> firstAt(one, now)).toList());
    }
    if (!ofDeployments) {
      dropOthers(functions);
    }
    declared = said;
  }

  private Stream<Declaration> declaration(FunctionDefinition function) {
    return function.schedule().stream()
        .map(schedule -> declaration(function, schedule, Instant.EPOCH));
  }

  private Declaration declaration(FunctionDefinition function, Schedule schedule, Instant firstAt) {
    return new Declaration(
        function.name(),
        function.version(),
        ofDeployments,
        schedule.cron(),
        schedule.zone(),
        schedule.missed().name(),
        schedule.overlap().name(),
        schedule.takesTime(),
        function.policy() instanceof Policy.OfWorkflow workflow ? workflow.timeout() : null,
        firstAt);
  }

  private static Declaration firstAt(Declaration said, Instant now) {
    return new Declaration(
        said.name(),
        said.version(),
        said.ofDeployment(),
        said.cron(),
        said.zone(),
        said.missed(),
        said.overlap(),
        said.takesTime(),
        said.timeout(),
        Timetable.of(said.cron(), said.zone()).after(now));
  }

  private void dropOthers(List<FunctionDefinition> functions) {
    var without = functions.stream().filter(one -> one.schedule().isEmpty()).toList();
    if (without.isEmpty()) {
      return;
    }
    var dropped = store.drop(
        without.get(0).version(), without.stream().map(FunctionDefinition::name).toList());
    if (!dropped.isEmpty()) {
      LOG.info("schedules were removed, their functions have none any more: {}", dropped);
    }
  }

  /**
   * Starts what is due.
   *
   * @return how long until something is due again; null where nothing is planned
   */
  public @Nullable Duration startDue() {
    var upcoming = store.upcoming();
    int unread = 0;
    for (var schedule : upcoming.schedules()) {
      if (schedule.nextAt().isAfter(upcoming.at())) {
        return Duration.between(upcoming.at(), schedule.nextAt());
      }
      var timetable = timetable(schedule);
      if (timetable.isEmpty()) {
        unread++;
      } else if (start(schedule, timetable.get(), upcoming.at())) {
        due.now();
      }
    }
    return upcoming.schedules().size() == unread ? null : Duration.ZERO;
  }

  /** Of a schedule that other code wrote into the database; where this code cannot read it, it is left to the other. */
  private static Optional<Timetable> timetable(ScheduleRow schedule) {
    try {
      return Optional.of(Timetable.of(schedule.cron(), schedule.zone()));
    } catch (IllegalArgumentException e) {
      LOG.warn("schedule {} is left to nodes with other code: {}", schedule.name(), e.getMessage());
      return Optional.empty();
    }
  }

  private boolean start(ScheduleRow schedule, Timetable timetable, Instant now) {
    var times = times(schedule, timetable, now);
    var considered =
        Missed.valueOf(schedule.missed()) == Missed.ALL ? times.get(times.size() - 1) : now;
    var starts = times.stream()
        .map(time -> new Start(time, schedule.name() + "@" + time))
        .toList();
    boolean mine = store.start(schedule, starts, timetable.after(considered));
    if (mine && starts.size() != 1) {
      LOG.info(
          "schedule {}, due since {}: {} runs are started ({})",
          schedule.name(),
          schedule.nextAt(),
          starts.size(),
          schedule.missed());
    }
    return mine;
  }

  /** Which of the times from the next one until now are to be run, the oldest first. */
  private static List<Instant> times(ScheduleRow schedule, Timetable timetable, Instant now) {
    var first = schedule.nextAt();
    var onTime = now.minus(ON_TIME);
    return switch (Missed.valueOf(schedule.missed())) {
      case ALL -> from(first, timetable, now);
      case SKIP ->
        first.isAfter(onTime)
            ? from(first, timetable, now)
            : from(timetable.after(onTime), timetable, now);
      case ONCE ->
        first.isAfter(onTime)
            ? from(first, timetable, now)
            : timetable.last(first, now).map(List::of).orElse(List.of());
    };
  }

  private static List<Instant> from(Instant first, Timetable timetable, Instant now) {
    var times = new ArrayList<Instant>();
    for (var time = first;
        !time.isAfter(now) && times.size() < AT_ONCE;
        time = timetable.after(time)) {
      times.add(time);
    }
    return times;
  }

  /** All schedules, by name. */
  public List<ScheduleRow> list() {
    return store.list();
  }

  /**
   * One of them.
   *
   * @throws UnknownScheduleException there is none of this name
   */
  public ScheduleRow find(String name) {
    return require(name, list().stream().filter(one -> one.name().equals(name)).findFirst());
  }

  /**
   * Starts nothing from now on.
   *
   * @throws UnknownScheduleException there is none of this name
   */
  public ScheduleRow pause(String name) {
    return require(name, store.pause(name));
  }

  /**
   * Ends a pause. What fell into it was missed: it is left out, run once or run as the schedule says of missed times.
   *
   * @throws UnknownScheduleException there is none of this name
   */
  public ScheduleRow resume(String name) {
    var resumed = require(name, store.resume(name, Schedules::nextAfterPause));
    changed.run();
    return resumed;
  }

  private static Instant nextAfterPause(ScheduleRow schedule, Instant now) {
    var timetable = Timetable.of(schedule.cron(), schedule.zone());
    return switch (Missed.valueOf(schedule.missed())) {
      case ALL -> schedule.nextAt();
      case ONCE -> timetable.last(schedule.nextAt(), now).orElseGet(() -> timetable.after(now));
      case SKIP -> timetable.after(now);
    };
  }

  /**
   * Starts an execution now, also of a paused schedule; its time is the present one.
   *
   * @return the id of the execution
   * @throws UnknownScheduleException there is none of this name
   * @throws NotDeployedException there is no function to run
   */
  public String trigger(String name) {
    var now = store.now();
    var id = name + "@" + now + "-triggered";
    if (!require(name, store.trigger(name, new Start(now, id))).deployed()) {
      throw new NotDeployedException(name);
    }
    due.now();
    return id;
  }

  private static ScheduleRow require(String name, Optional<ScheduleRow> found) {
    return found.orElseThrow(() -> new UnknownScheduleException(name));
  }
}
