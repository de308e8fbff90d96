package dev.reprise.runtime.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code docs/bad-input.md}: what bad input is answered with, as a server has just answered it. Not thread-safe. */
final class BadInputPage {
  /** Writes the page instead of comparing it. */
  static final String WRITE = "reprise.docs.write";

  private static final Path FILE = Path.of("../../docs/bad-input.md");

  private static final String HEAD = """
      # What bad input is answered with

      This page is written by a test that sends all of it to a server (`BadInputTest`); it fails when an answer changes. A body is
      `application/problem+json` whose `type` is `urn:reprise:problem:` and the name below (see [problems.md](problems.md)); the
      last column is its `detail`, word for word. `ID`, `PORT` and `DATABASE` stand for what differs from run to run.

      The functions: `Stock.reserve(String item, int quantity, Optional<Place> to)` with `record Place(String street, int
      number)` reserves an item, `Stock.later(String item)` is a workflow that sleeps for a day.
      """;

  /** The tables of the page. */
  enum Section {
    REFUSED("Refused: nothing has happened", "what is sent"),
    FAILED("The function fails: rolled back, and recorded under its execution", "what happens"),
    NOT_NOW("Not now: with `Retry-After`, and nothing has happened", "what is sent"),
    IGNORED("Ignored: the call is answered as without it", "what is sent"),
    NO_START("The server does not start: exit with the message", "what is wrong");

    private final String title;
    private final String first;

    Section(String title, String first) {
      this.title = title;
      this.first = first;
    }
  }

  private final Map<Section, List<String>> rows = new LinkedHashMap<>();

  /** Adds what a request was answered with. */
  void add(Section section, String sent, HttpNode.Reply reply) {
    if (reply.body().startsWith("{") && reply.object().containsKey("type")) {
      add(
          section,
          cell(sent) + " | " + reply.status() + " | `"
              + reply.text("type").replace("urn:reprise:problem:", "") + "` | "
              + cell(reply.text("detail")));
    } else {
      add(section, cell(sent) + " | " + reply.status() + " | | ");
    }
  }

  /** Adds why a server did not start. */
  void addStart(String wrong, String message) {
    add(Section.NO_START, cell(wrong) + " | " + cell(message));
  }

  private void add(Section section, String row) {
    rows.computeIfAbsent(section, key -> new ArrayList<>()).add("| " + row.strip() + " |");
  }

  /** The whole text. */
  String text() {
    var text = new StringBuilder(HEAD);
    for (var section : Section.values()) {
      boolean start = section == Section.NO_START;
      text.append("\n## ").append(section.title).append("\n\n| ").append(section.first);
      text.append(
          start
              ? " | message |\n|---|---|\n"
              : " | status | problem | detail |\n|---|---|---|---|\n");
      rows.getOrDefault(section, List.of()).forEach(row -> text.append(row).append('\n'));
    }
    return text.toString();
  }

  /** The text in the repository; empty where there is none. */
  static String documented() throws IOException {
    return Files.exists(FILE) ? Files.readString(FILE) : "";
  }

  /** Replaces it. */
  void write() throws IOException {
    Files.writeString(FILE, text());
  }

  /** Without what differs from run to run, and without what would end the cell. */
  private static String cell(String text) {
    return text.replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID")
        .replaceAll("scratch_[0-9a-f]{32}", "DATABASE")
        .replaceAll("app_[0-9]+", "app")
        .replaceAll("knows up to [0-9]+", "knows up to N")
        .replaceAll("((127\\.0\\.0\\.1|localhost):| port )[0-9]+", "$1PORT")
        .replaceAll("\\s*\\R\\s*", " ")
        .replace("|", "\\|");
  }
}
