package dev.reprise.debugger.cli;

import dev.reprise.debugger.explore.Schedules;
import dev.reprise.debugger.explore.Search;
import dev.reprise.debugger.explore.TraceSubject;
import dev.reprise.debugger.retro.Retroaction;
import dev.reprise.debugger.retro.Steps;
import dev.reprise.runtime.cli.Output;
import dev.reprise.runtime.cli.RepriseCommand;
import dev.reprise.runtime.json.JsonObject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** The interleavings that the requests of one trace might have had: searches them, runs one, steps through one. For one thread. */
final class Interleavings {
  private final RetroSession.Asked asked;
  private final ChangedCode changed;
  private final Output output;

  Interleavings(RetroSession.Asked asked, ChangedCode changed, Output output) {
    this.asked = asked;
    this.changed = changed;
    this.output = output;
  }

  private TraceSubject subject(Retroaction retroaction, Steps steps, List<String> checks)
      throws SQLException {
    var change = new Retroaction.Change(
        row -> changed.application(), steps, Map.of(), new HashSet<>(asked.skip()), true);
    return new TraceSubject(retroaction, change, checks);
  }

  /** Searches, tells what it found, and gives the exit code. */
  int search(Retroaction retroaction, Steps steps, List<String> notes)
      throws SQLException, InterruptedException {
    var subject = subject(retroaction, steps, asked.checks());
    int most = Objects.requireNonNull(asked.explore());
    if (asked.live()) {
      output.note(
          "--steps live: steps without a recorded outcome are really done, in each of up to " + most
              + " runs");
    }
    var result = new Search(subject, new Search.Options(most, Duration.ofDays(1), true)).run();
    subject
        .brokenBefore()
        .forEach(check ->
            notes.add("does not hold where the trace begins; only other rows count: " + check));
    var found = result.findings();
    output.data(
        () -> new JsonObject().put("search", result.json()).put("notes", notes),
        () -> result.text()
            + notes.stream().map(note -> "note: " + note + "\n").collect(Collectors.joining())
            + (found.isEmpty()
                ? ""
                : "run it again, with --suspend in a debugger, with --interactive step by step: add --schedule \""
                    + Schedules.format(found.get(0).schedule()) + "\"\n"));
    return found.isEmpty() ? RepriseCommand.OK : RepriseCommand.NEGATIVE;
  }

  /** Runs the schedule that is asked for. */
  Retroaction.Result run(Retroaction retroaction, Steps steps)
      throws SQLException, InterruptedException {
    var subject = subject(retroaction, steps, List.of());
    var end = subject.copy();
    try {
      var unused = Search.replay(subject, Schedules.parse(schedule()), end);
      return new Retroaction.Result(
          subject.last().executions(), subject.last().performed(), List.of(), end);
    } catch (SQLException | InterruptedException | RuntimeException e) {
      end.close();
      throw e;
    }
  }

  /** Steps through it, by commands on standard input. */
  void step(Retroaction retroaction, Steps steps) throws SQLException, InterruptedException {
    var subject = subject(retroaction, steps, List.of());
    try (var points = new SchedulePoints(subject, Schedules.parse(schedule()))) {
      new Stepper(points, output).run(System.in);
    }
  }

  private String schedule() {
    return Objects.requireNonNull(asked.schedule());
  }
}
