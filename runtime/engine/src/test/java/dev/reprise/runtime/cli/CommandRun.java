package dev.reprise.runtime.cli;

import dev.reprise.runtime.config.Environment;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;

/** What came of a command that was run in this process. */
record CommandRun(int exitCode, String out, String err) {
  static CommandRun of(String... arguments) {
    return with(Map.of(), arguments);
  }

  static CommandRun with(Map<String, String> environment, String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int exitCode = RepriseCommand.run(
        new Environment(environment), new PrintWriter(out), new PrintWriter(err), arguments);
    return new CommandRun(exitCode, out.toString(), err.toString());
  }
}
