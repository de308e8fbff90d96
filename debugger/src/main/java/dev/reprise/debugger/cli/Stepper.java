package dev.reprise.debugger.cli;

import dev.reprise.RepriseException;
import dev.reprise.debugger.replay.Report;
import dev.reprise.debugger.replay.Timeline;
import dev.reprise.debugger.replay.Verdict;
import dev.reprise.runtime.cli.Output;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Steps through a replay by commands, a line each. */
final class Stepper {
  private static final String HELP = """
      n          the next transaction        b          back by one
      g NUMBER   to before that transaction  l          list them
      d          what the next one changed   q          end
      Anything else is SQL, run on the state that the next transaction saw, and rolled back.""";

  private final Timeline timeline;
  private final Output output;

  Stepper(Timeline timeline, Output output) {
    this.timeline = timeline;
    this.output = output;
  }

  void run(InputStream commands) {
    var reader = new BufferedReader(new InputStreamReader(commands, StandardCharsets.UTF_8));
    output.note(HELP);
    go(0);
    try {
      for (var line = reader.readLine();
          line != null && !line.strip().equals("q");
          line = reader.readLine()) {
        try {
          obey(line.strip());
        } catch (RepriseException e) {
          output.note(String.valueOf(e.getMessage()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void obey(String command) {
    if (command.isEmpty()) {
      return;
    }
    if (command.equals("n")) {
      tellChanges();
      go(timeline.point() + 1);
    } else if (command.equals("b")) {
      go(timeline.point() - 1);
    } else if (command.matches("g \\d{1,9}")) {
      go(Integer.parseInt(command.substring(2)) - 1);
    } else if (command.equals("l")) {
      for (int i = 0; i < timeline.steps().size(); i++) {
        output.plain((i == timeline.point() ? "> " : "  ") + (i + 1) + "  "
            + Report.line(timeline.steps().get(i)));
      }
    } else if (command.equals("d")) {
      tellChanges();
    } else if (command.equals("h") || command.equals("?")) {
      output.note(HELP);
    } else {
      sql(command);
    }
  }

  private void go(int point) {
    timeline.goTo(point);
    if (timeline.point() == timeline.steps().size()) {
      output.plain("after all transactions");
    } else {
      output.plain("before " + (timeline.point() + 1) + "  "
          + Report.line(timeline.steps().get(timeline.point())));
    }
  }

  private void tellChanges() {
    if (timeline.point() == timeline.steps().size()) {
      return;
    }
    Verdict verdict = timeline.steps().get(timeline.point());
    if (verdict.made().isEmpty()) {
      output.plain("  no changes");
    }
    verdict.made().forEach(change -> output.plain("  " + change));
    verdict.differences().forEach(difference -> output.plain("  ! " + difference.text()));
    verdict.notes().forEach(note -> output.plain("  note: " + note));
  }

  private void sql(String command) {
    try (var connection = timeline.open()) {
      output.plain(SqlResult.of(connection, command).text());
    } catch (java.sql.SQLException e) {
      throw new RepriseException("the connection could not be closed: " + e.getMessage(), e);
    }
  }
}
