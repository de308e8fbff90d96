package dev.reprise.debugger.cli;

import dev.reprise.RepriseException;
import dev.reprise.runtime.cli.Output;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Steps through transactions by commands, a line each. */
final class Stepper {
  private static final String HELP = """
      n          the next transaction        b          back by one
      g NUMBER   to before that transaction  l          list them
      d          what the next one changed   q          end
      Anything else is SQL, run on the state that the next transaction saw, and rolled back.""";

  private static final Set<String> ENDS = Set.of("q", "quit", "exit");

  private final Points points;
  private final Output output;

  Stepper(Points points, Output output) {
    this.points = points;
    this.output = output;
  }

  void run(InputStream commands) {
    var reader = new BufferedReader(new InputStreamReader(commands, StandardCharsets.UTF_8));
    output.note(HELP);
    go(0);
    try {
      for (var line = reader.readLine();
          line != null && !ENDS.contains(line.strip());
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
      go(points.point() + 1);
    } else if (command.equals("b")) {
      go(points.point() - 1);
    } else if (command.matches("g \\d{1,9}")) {
      go(Integer.parseInt(command.substring(2)) - 1);
    } else if (command.equals("l")) {
      for (int i = 0; i < points.size(); i++) {
        output.plain((i == points.point() ? "> " : "  ") + (i + 1) + "  " + points.line(i));
      }
    } else if (command.equals("d")) {
      tellChanges();
    } else if (command.matches("g( .*)?")) {
      throw new RepriseException("g takes a number, as in: g 2");
    } else if (Set.of("h", "?", "help").contains(command)) {
      output.note(HELP);
    } else {
      sql(command);
    }
  }

  private void go(int point) {
    points.goTo(point);
    if (points.point() == points.size()) {
      output.plain("after all transactions");
    } else {
      output.plain("before " + (points.point() + 1) + "  " + points.line(points.point()));
    }
  }

  private void tellChanges() {
    if (points.point() == points.size()) {
      return;
    }
    points.told(points.point()).forEach(line -> output.plain("  " + line));
  }

  private void sql(String command) {
    try (var connection = points.open()) {
      output.plain(SqlResult.of(connection, command).text());
    } catch (SqlResult.EndedException e) {
      points.makeAnew();
      throw e;
    } catch (java.sql.SQLException e) {
      throw new RepriseException("the connection could not be closed: " + e.getMessage(), e);
    }
  }
}
