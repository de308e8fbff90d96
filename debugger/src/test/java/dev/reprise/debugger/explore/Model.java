package dev.reprise.debugger.explore;

import static java.util.Objects.requireNonNull;

import dev.reprise.debugger.explore.Event.Kind;
import dev.reprise.debugger.retro.Access;
import dev.reprise.debugger.retro.Footprint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A small database with snapshots, where the first to update a row wins, and scripted actors. */
final class Model implements Subject {
  private final Map<String, Integer> start = new TreeMap<>();
  private final Map<String, Script> scripts = new LinkedHashMap<>();
  private final Map<String, Predicate<Map<String, Integer>>> checks = new LinkedHashMap<>();
  private final boolean serializable;
  private boolean tellsAwaited = true;

  Model(boolean serializable) {
    this.serializable = serializable;
  }

  /** What an actor does: transactions, of which each has the numbers that the ones before left. */
  static final class Script {
    private final String request;
    private final Set<String> joins;
    private final List<BiConsumer<View, Map<String, Integer>>> transactions;

    private Script(
        String request,
        Set<String> joins,
        List<BiConsumer<View, Map<String, Integer>>> transactions) {
      this.request = request;
      this.joins = joins;
      this.transactions = transactions;
    }
  }

  static final class Conflict extends IllegalStateException {
    private static final long serialVersionUID = 1;
  }

  /** The body fails: nothing is written, and the actor ends. */
  static final class Refused extends IllegalStateException {
    private static final long serialVersionUID = 1;
  }

  Model with(String key, int value) {
    start.put(key, value);
    return this;
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  final Model actor(String name, BiConsumer<View, Map<String, Integer>>... transactions) {
    return actor(name, name, Set.of(), List.of(transactions));
  }

  /** Begins when the ones that it joins are done. */
  Model actor(
      String name,
      String request,
      Set<String> joins,
      List<BiConsumer<View, Map<String, Integer>>> transactions) {
    scripts.put(name, new Script(request, joins, transactions));
    return this;
  }

  Model check(String name, Predicate<Map<String, Integer>> holds) {
    checks.put(name, holds);
    return this;
  }

  Model withoutTellingAwaited() {
    tellsAwaited = false;
    return this;
  }

  /** A body: notes what x is. */
  static void read(View view, Map<String, Integer> locals) {
    locals.put("n", view.get("x"));
  }

  /** A body: lets x be one more than what was noted. */
  static void writeNext(View view, Map<String, Integer> locals) {
    view.put("x", locals.getOrDefault("n", 0) + 1);
  }

  private Script script(String actor) {
    return requireNonNull(scripts.get(actor), actor);
  }

  @Override
  public String requestOf(String actor) {
    return script(actor).request;
  }

  @Override
  public Trial run(Chooser chooser) {
    return new Run().go(chooser);
  }

  /** What a transaction sees. */
  static final class View {
    private final Run run;
    private final Map<String, Integer> snapshot;
    private final int taken;
    private final Map<String, Integer> written = new TreeMap<>();
    private final Set<Access> reads = new HashSet<>();
    private final Set<Access> writes = new HashSet<>();

    private View(Run run) {
      this.run = run;
      this.snapshot = new HashMap<>(run.rows);
      this.taken = run.time;
    }

    int get(String key) {
      reads.add(new Access("t", key));
      return written.getOrDefault(key, snapshot.getOrDefault(key, 0));
    }

    void put(String key, int value) {
      writes.add(new Access("t", key));
      if (run.changed.getOrDefault(key, 0) > taken) {
        throw new Conflict();
      }
      written.put(key, value);
    }

    /** Lets the body fail if there is reason to. */
    void refuseIf(boolean reason) {
      if (reason) {
        throw new Refused();
      }
    }

    private Footprint footprint() {
      return new Footprint(reads, writes);
    }
  }

  private static final class Actor {
    private int done;
    private boolean open;
    private boolean failed;
    private Map<String, Integer> locals = new HashMap<>();
    private @Nullable Event last;
    private @Nullable View view;
    private int takeStep;
  }

  private final class Run {
    private final Map<String, Integer> rows = new TreeMap<>(start);
    private final Map<String, Integer> changed = new HashMap<>();
    private final Map<String, Actor> actors = new TreeMap<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private int time;

    Trial go(Chooser chooser) {
      scripts.keySet().forEach(name -> actors.put(name, new Actor()));
      while (true) {
        var enabled = enabled();
        var event = enabled.isEmpty() ? null : chooser.choose(enabled);
        if (event == null) {
          return trial();
        }
        perform(event, Set.copyOf(enabled));
      }
    }

    private Trial trial() {
      var broken = checks.entrySet().stream()
          .filter(check -> !check.getValue().test(rows))
          .map(Map.Entry::getKey)
          .toList();
      boolean complete = actors.keySet().stream().allMatch(this::isDone);
      return new Trial(steps, rows.toString(), failures, broken, complete);
    }

    private boolean isDone(String name) {
      var actor = actor(name);
      return actor.failed || actor.done == script(name).transactions.size();
    }

    private Actor actor(String name) {
      return requireNonNull(actors.get(name), name);
    }

    private List<Event> enabled() {
      var enabled = new ArrayList<Event>();
      actors.forEach((name, actor) -> {
        if (!isDone(name) && script(name).joins.stream().allMatch(this::isDone)) {
          var kind = serializable ? Kind.WHOLE : actor.open ? Kind.END : Kind.TAKE;
          enabled.add(new Event(name, actor.done + 1, kind));
        }
      });
      return enabled;
    }

    private void perform(Event event, Set<Event> enabled) {
      var actor = actor(event.actor());
      var awaited = new TreeSet<Event>();
      if (tellsAwaited && actor.last == null) {
        script(event.actor()).joins.forEach(name -> {
          var last = actor(name).last;
          if (last != null) {
            awaited.add(last);
          }
        });
      }
      actor.last = event;
      if (event.kind() == Kind.TAKE) {
        actor.view = new View(this);
        actor.open = true;
        actor.takeStep = steps.size();
        steps.add(new Step(event, enabled, awaited, Footprint.NONE));
        return;
      }
      var view = event.kind() == Kind.WHOLE ? new View(this) : requireNonNull(actor.view);
      var attempts = end(event, actor, view);
      if (event.kind() == Kind.END) {
        var take = steps.get(actor.takeStep);
        steps.set(
            actor.takeStep,
            new Step(take.event(), take.enabled(), take.awaited(), Step.ofTake(attempts)));
        steps.add(new Step(event, enabled, awaited, Step.ofEnd(attempts, !actor.failed, Set.of())));
      } else {
        steps.add(new Step(event, enabled, awaited, Step.ofWhole(attempts.get(0), !actor.failed)));
      }
    }

    private List<Footprint> end(Event event, Actor actor, View snapshot) {
      var attempts = new ArrayList<Footprint>();
      var view = snapshot;
      var body = script(event.actor()).transactions.get(actor.done);
      while (true) {
        var locals = new HashMap<>(actor.locals);
        try {
          body.accept(view, locals);
          attempts.add(view.footprint());
          time++;
          rows.putAll(view.written);
          view.written.keySet().forEach(key -> changed.put(key, time));
          actor.locals = locals;
        } catch (Conflict conflict) {
          attempts.add(view.footprint());
          view = new View(this);
          continue;
        } catch (Refused refused) {
          attempts.add(view.footprint());
          failures.add(new Failure(event.actor(), "Refused", null));
          actor.failed = true;
        }
        actor.done++;
        actor.open = false;
        return attempts;
      }
    }
  }
}
