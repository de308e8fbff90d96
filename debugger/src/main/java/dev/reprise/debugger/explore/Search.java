package dev.reprise.debugger.explore;

import dev.reprise.debugger.rebuild.Scratch;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs requests in all their interleavings, as far as these can come out differently: dynamic partial order reduction.
 * Every run tells by footprints which of its events had an effect on which; where the later of two could have come
 * first, a run in which it does is due. No run is made of which it is known that one like it was made ({@link Frontier}).
 * At first requests run one after another, in all orders that can come out differently; other runs are compared with
 * these. Interleavings are those of whole transactions ({@link Event.Kind}). For one thread, to be run once.
 */
public final class Search {
  private static final int SIMPLIFYING = 100;
  private static final int PROBES = 3;

  private final Subject subject;
  private final Options options;
  private final Orders orders;
  private final Explored explored;
  private final Judge judge;
  private final List<Seen> seen = new ArrayList<>();
  private final Map<String, List<Event>> serial = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();
  private final long begun = System.nanoTime();
  private int trials;
  private int extra;
  private boolean choiceWithin;
  private boolean cut;
  private boolean serialComplete;
  private @Nullable Seen first;

  private record Seen(Trial trial, boolean endless, Map<Judge.Key, String> wrong) {}

  /**
   * How much is run.
   *
   * @param trials runs at most, without at most 103 that simplify the schedules of findings and check footprints
   * @param limit after this time no run is begun
   * @param stopAtFirst whether the first finding is enough. Where code of one request runs in parallel, states and
   *     failures are judged at the end all the same, since only then all orders within the requests are known
   * @param serialOrders how many orders of the requests one after another are run at most, of those that can come out
   *     differently; where there are more, or more than half of the trials, states are not compared
   */
  public record Options(int trials, Duration limit, boolean stopAtFirst, int serialOrders) {
    /** Refuses a number of runs below 1. */
    public Options {
      if (trials < 1 || serialOrders < 1) {
        throw new IllegalArgumentException(
            "A search needs at least one run and one serial order, not " + trials + " and "
                + serialOrders);
      }
    }

    /** With 720 serial orders, those of six requests. */
    public Options(int trials, Duration limit, boolean stopAtFirst) {
      this(trials, limit, stopAtFirst, 720);
    }
  }

  /** A search that was not begun. */
  public Search(Subject subject, Options options) {
    this(subject, options, new Dependence());
  }

  Search(Subject subject, Options options, Dependence dependence) {
    this.subject = subject;
    this.options = options;
    this.orders = new Orders(dependence);
    this.explored = new Explored(dependence);
    this.judge = new Judge(subject.originalFailures());
  }

  /**
   * Runs exactly this schedule, as {@link Schedules#parse} reads it; after its end each actor goes on as far as it can.
   *
   * @throws IllegalArgumentException if an event of it is not possible at its place, naming those that are
   */
  public static Trial replay(Subject subject, List<Event> schedule)
      throws SQLException, InterruptedException {
    return required(Course.of(schedule, subject::requestOf), subject::run);
  }

  /** The same in a database that stays. */
  public static Trial replay(TraceSubject subject, List<Event> schedule, Scratch database)
      throws SQLException, InterruptedException {
    return required(
        Course.of(schedule, subject::requestOf), chooser -> subject.run(chooser, database));
  }

  private interface Runs {
    Trial run(Chooser chooser) throws SQLException, InterruptedException;
  }

  private static Trial required(Course course, Runs runs)
      throws SQLException, InterruptedException {
    var trial = runs.run(course);
    var refusal = course.refusal();
    if (refusal != null) {
      throw new IllegalArgumentException("The schedule does not fit: " + refusal);
    }
    return trial;
  }

  /**
   * Searches.
   *
   * @throws IllegalStateException if the subject does not keep what {@link Subject} asks for
   */
  public Result run() throws SQLException, InterruptedException {
    boolean all = serialOrders() && others();
    if (first == null) {
      probe();
    }
    var findings = findings();
    var contradiction = explored.contradiction();
    if (contradiction != null) {
      notes.add(contradiction);
    }
    if (choiceWithin && !all && first == null) {
      notes.add(
          "code of one request runs in parallel, and not all of its orders were run: a state or a failure"
              + " found here may come of these alone");
    }
    if (!serialComplete && first == null) {
      notes.add(
          "not all orders of the requests one after another were run: states are not compared with"
              + " theirs, and failures may be some of theirs");
    }
    boolean exhaustive = all && !cut && contradiction == null;
    return new Result(
        trials,
        explored.inequivalent(),
        trials - explored.inequivalent(),
        extra,
        exhaustive,
        findings,
        judge.digests(),
        serialComplete,
        notes,
        Duration.ofNanos(System.nanoTime() - begun));
  }

  /** Whether the search is to go on. */
  private boolean serialOrders() throws SQLException, InterruptedException {
    var due = new Frontier<String>(new HashSet<>());
    int most = Math.min(options.serialOrders(), Math.max(1, options.trials() / 2));
    List<String> next = List.of();
    boolean begins = true;
    for (int count = 0; next != null; count++) {
      if (count == most || isOver()) {
        return first == null;
      }
      var order = perform(Course.ofRequests(next, subject::requestOf));
      var requests =
          order == null ? null : Orders.oneAfterAnother(order.items(), subject::requestOf);
      if (order != null && requests != null) {
        begins = false;
        due.add(Orders.ofRequests(requests, order, subject::requestOf));
      }
      if (begins) {
        // one waits for another: as they ended
        var ended = order == null ? next : asEnded(order);
        next = ended.equals(next) ? null : ended;
      } else {
        next = due.next();
      }
    }
    if (!begins) {
      serialComplete = true;
      judge.serialComplete();
    }
    return first == null;
  }

  private List<String> asEnded(Order<Event> order) {
    var ended = new ArrayList<String>();
    for (var event : order.items()) {
      var request = subject.requestOf(event.actor());
      ended.remove(request);
      ended.add(request);
    }
    return ended;
  }

  /** Whether nothing is left to be run. */
  private boolean others() throws SQLException, InterruptedException {
    while (!isOver()) {
      var next = explored.next();
      if (next == null) {
        return true;
      }
      var course = Course.of(next, subject::requestOf);
      var order = perform(course);
      if (order == null && !course.isEndless()) {
        explored.addImpossible(next);
      }
    }
    return first == null && explored.inequivalent() > 0 && explored.next() == null;
  }

  /** Runs some once more, in an order that should come out the same: if not, footprints lack something. */
  private void probe() throws SQLException, InterruptedException {
    int probes = 0;
    for (int i = seen.size() - 1; i >= 0 && probes < PROBES && !isLate(); i--) {
      var it = seen.get(i);
      var other = it.endless() ? List.<Event>of() : orders.of(it.trial()).latestFirst();
      if (!it.endless() && !other.equals(it.trial().schedule())) {
        probes++;
        extra++;
        var course = Course.of(other, subject::requestOf);
        var repeated = subject.run(course);
        if (isAsPlanned(course, repeated)) {
          explored.probe(it.trial(), other, repeated);
        }
      }
    }
  }

  /** It may not be: where one waits for several, of which the subject does not tell all. */
  private boolean isAsPlanned(Course course, Trial trial) {
    if (course.isDeviating(trial)) {
      explored.contradict(trial.schedule(), "goes on in another way, " + course.refusal());
    }
    return course.refusal() == null;
  }

  private boolean isLate() {
    return System.nanoTime() - begun >= options.limit().toNanos();
  }

  private boolean isOver() {
    return first != null || trials >= options.trials() || isLate();
  }

  /** The order of the events; null where the run was not possible as planned, or did not end. */
  private @Nullable Order<Event> perform(Course course) throws SQLException, InterruptedException {
    trials++;
    var trial = subject.run(course);
    if (!isAsPlanned(course, trial)) {
      return null;
    }
    Order<Event> order = null;
    if (course.isEndless()) {
      cut = true;
    } else {
      order = explored.add(trial);
      choiceWithin |= Orders.hasChoiceWithin(order, subject::requestOf);
      if (Orders.isSerial(order, subject::requestOf)) {
        judge.addSerial(trial);
        if (trial.complete()) {
          serial.putIfAbsent(trial.digest(), trial.schedule());
        }
      }
    }
    var it = new Seen(trial, course.isEndless(), judge.wrong(trial, course.isEndless()));
    seen.add(it);
    if (options.stopAtFirst() && it.wrong().keySet().stream().anyMatch(this::isSure)) {
      first = it;
    }
    return order;
  }

  /** Whether no run that is to come can make it all right. */
  private boolean isSure(Judge.Key key) {
    return switch (key.kind()) {
      case CHECK, DEADLOCK, ENDLESS -> true;
      case FAILURE, STATE -> serialComplete && !choiceWithin;
    };
  }

  private List<Finding> findings() throws SQLException, InterruptedException {
    var found = new LinkedHashMap<Judge.Key, Finding>();
    for (var it : first == null ? seen : List.of(first)) {
      for (var wrong : judge.wrong(it.trial(), it.endless()).entrySet()) {
        if (!found.containsKey(wrong.getKey()) && (first == null || isSure(wrong.getKey()))) {
          found.put(wrong.getKey(), finding(it, wrong.getKey(), wrong.getValue()));
        }
      }
    }
    var all = new ArrayList<Finding>();
    for (var entry : found.entrySet()) {
      if (!options.stopAtFirst() || all.isEmpty()) {
        all.add(entry.getValue().with(shown(entry.getKey(), entry.getValue())));
      }
    }
    return all;
  }

  private List<String> shown(Judge.Key key, Finding finding)
      throws SQLException, InterruptedException {
    if (isLate()) {
      return List.of();
    }
    return switch (key.kind()) {
      case CHECK -> subject.rowsOf(key.of(), finding.schedule());
      case STATE -> subject.difference(finding.schedule(), List.copyOf(serial.values()));
      case FAILURE, DEADLOCK, ENDLESS -> List.of();
    };
  }

  private Finding finding(Seen it, Judge.Key key, String what)
      throws SQLException, InterruptedException {
    var original = new Finding(key.kind(), what, it.trial().schedule(), it.trial());
    if (it.endless()) {
      return original;
    }
    Set<List<Event>> tried = new HashSet<>();
    var schedule = new Simplifier(orders)
        .<SQLException, InterruptedException>simplest(
            it.trial(),
            about -> tried.add(about) ? shown(Course.about(about, subject::requestOf), key) : null);
    if (schedule.equals(it.trial().schedule())) {
      return original;
    }
    var trial = shown(Course.of(schedule, subject::requestOf), key);
    if (trial == null) {
      return original;
    }
    return new Finding(
        key.kind(), judge.wrong(trial, false).getOrDefault(key, what), trial.schedule(), trial);
  }

  /** The run, if the same is wrong with it. */
  private @Nullable Trial shown(Course course, Judge.Key key)
      throws SQLException, InterruptedException {
    if (extra >= SIMPLIFYING + PROBES || isLate()) {
      return null;
    }
    extra++;
    var trial = subject.run(course);
    return course.refusal() == null
            && !course.isEndless()
            && judge.wrong(trial, false).containsKey(key)
        ? trial
        : null;
  }
}
