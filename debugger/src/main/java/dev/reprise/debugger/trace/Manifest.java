package dev.reprise.debugger.trace;

import dev.reprise.RepriseException;
import dev.reprise.debugger.history.Snapshot;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a trace file tells about itself.
 *
 * @param createdAt when, as ISO text
 * @param selected what was asked for: ids of executions, or a span of time
 * @param serverVersion of the server that was recorded
 * @param end what could be seen in production when it was written
 * @param masked columns whose values were replaced, {@code schema.table.column}
 * @param entries all other entries of the file
 */
public record Manifest(
    String createdAt,
    List<String> selected,
    String serverVersion,
    Snapshot end,
    List<String> masked,
    Map<String, Entry> entries) {
  /**
   * An entry of the file.
   *
   * @param rows lines of text; 0 for other content
   * @param sha256 of its content, in hexadecimal digits
   */
  public record Entry(long rows, String sha256) {}

  /** Whether the hashes of arguments in the log are those of the arguments in the file. */
  public boolean comparesArguments() {
    return masked.isEmpty();
  }

  /** How many rows an entry has; 0 where there is none. */
  long rows(String entry) {
    var found = entries.get(entry);
    return found == null ? 0 : found.rows();
  }

  /** How many rows the tables had at the start. */
  long baseRows() {
    return entries.entrySet().stream()
        .filter(entry -> Entries.isBase(entry.getKey()))
        .mapToLong(entry -> entry.getValue().rows())
        .sum();
  }

  String text() {
    var all = new JsonObject();
    entries.forEach((name, entry) ->
        all.put(name, new JsonObject().put("rows", entry.rows()).put("sha256", entry.sha256())));
    return Json.pretty(new JsonObject()
        .put("format", Entries.FORMAT)
        .put("formatVersion", Entries.FORMAT_VERSION)
        .put("createdAt", createdAt)
        .put("selected", selected)
        .put("serverVersion", serverVersion)
        .put("end", end.toString())
        .put("masked", masked)
        .put("argumentHashes", comparesArguments() ? "compare" : "ignore")
        .put("entries", all)
        .toString());
  }

  /** For people. */
  public String summary() {
    return "%d executions with %d operations, %d versions of their code, %d rows at the start, %d changes by %d commits"
        .formatted(
            rows(Entries.EXECUTIONS),
            rows(Entries.OPERATIONS),
            rows(Entries.DEPLOYMENTS),
            baseRows(),
            rows(Entries.CHANGES),
            rows(Entries.TRANSACTIONS));
  }

  /** For programs. */
  public JsonObject json() {
    return new JsonObject()
        .put("executions", rows(Entries.EXECUTIONS))
        .put("operations", rows(Entries.OPERATIONS))
        .put("transactions", rows(Entries.TRANSACTIONS))
        .put("changes", rows(Entries.CHANGES))
        .put("deployments", rows(Entries.DEPLOYMENTS))
        .put("rowsAtStart", baseRows())
        .put("masked", masked);
  }

  /**
   * Reads it.
   *
   * @throws RepriseException it is no manifest, or of a newer format; the message goes on from the file's name
   */
  static Manifest parse(String text) {
    if (!(Json.parse(text) instanceof Map<?, ?> root)
        || !Entries.FORMAT.equals(root.get("format"))
        || !(root.get("formatVersion") instanceof Integer version)) {
      throw new RepriseException("is not a trace file: its manifest is another program's");
    }
    if (version > Entries.FORMAT_VERSION) {
      throw new RepriseException("has the format version " + version
          + ", written by a newer Reprise; this one reads up to " + Entries.FORMAT_VERSION
          + ": upgrade it");
    }
    if (!(root.get("entries") instanceof Map<?, ?> listed)) {
      throw new RepriseException("is damaged: its manifest lists no entries");
    }
    var entries = new LinkedHashMap<String, Entry>();
    listed.forEach((name, value) -> {
      if (value instanceof Map<?, ?> entry && entry.get("rows") instanceof Number rows) {
        entries.put(
            String.valueOf(name), new Entry(rows.longValue(), String.valueOf(entry.get("sha256"))));
      }
    });
    try {
      return new Manifest(
          String.valueOf(root.get("createdAt")),
          texts(root, "selected"),
          String.valueOf(root.get("serverVersion")),
          Snapshot.parse(String.valueOf(root.get("end"))),
          texts(root, "masked"),
          entries);
    } catch (IllegalArgumentException e) {
      throw new RepriseException("is damaged: its manifest says " + e.getMessage(), e);
    }
  }

  private static List<String> texts(Map<?, ?> root, String name) {
    var texts = new ArrayList<String>();
    if (root.get(name) instanceof List<?> list) {
      list.forEach(text -> texts.add(String.valueOf(text)));
    }
    return List.copyOf(texts);
  }
}
