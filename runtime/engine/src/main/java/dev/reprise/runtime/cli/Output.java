package dev.reprise.runtime.cli;

import dev.reprise.runtime.cli.RepriseCommand.Format;
import dev.reprise.runtime.json.Json;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Standard output for data and standard error for the rest. Not thread-safe. */
public final class Output {
  private final Format format;
  private final PrintWriter out;
  private final PrintWriter err;

  Output(Format format, PrintWriter out, PrintWriter err) {
    this.format = format;
    this.out = out;
    this.err = err;
  }

  /** Whether programs read it. */
  public boolean isJson() {
    return format == Format.JSON;
  }

  /**
   * Writes data.
   *
   * @param json what {@link Json#write} takes
   * @param text the same for people
   */
  public void data(Supplier<Object> json, Supplier<String> text) {
    out.println(isJson() ? Json.write(json.get()) : text.get());
  }

  /** Writes data that is the same in every format: the result of a function, SQL. */
  public void plain(String text) {
    out.println(text);
  }

  /** Tells people something. */
  public void note(String text) {
    err.println(text);
  }

  /** Rows in columns as wide as need be; the first row is the heading. */
  public static String table(List<List<String>> rows) {
    var widths = new ArrayList<Integer>();
    for (var row : rows) {
      for (int i = 0; i < row.size(); i++) {
        if (i == widths.size()) {
          widths.add(0);
        }
        widths.set(i, Math.max(widths.get(i), row.get(i).length()));
      }
    }
    var lines = new ArrayList<String>();
    for (var row : rows) {
      var line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        line.append(row.get(i)).append(" ".repeat(widths.get(i) - row.get(i).length() + 2));
      }
      lines.add(line.toString().stripTrailing());
    }
    return String.join("\n", lines);
  }
}
