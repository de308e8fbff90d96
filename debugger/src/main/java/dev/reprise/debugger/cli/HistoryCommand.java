package dev.reprise.debugger.cli;

import dev.reprise.RepriseException;
import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.history.ChangeReader;
import dev.reprise.debugger.history.Epoch;
import dev.reprise.debugger.history.History;
import dev.reprise.debugger.history.Lsn;
import dev.reprise.debugger.history.Relation;
import dev.reprise.runtime.cli.DatabaseOptions;
import dev.reprise.runtime.cli.Output;
import dev.reprise.runtime.cli.RepriseCommand;
import dev.reprise.runtime.cli.RepriseSubcommand;
import dev.reprise.runtime.json.JsonObject;
import dev.reprise.runtime.store.ExecutionStore.Writer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code reprise history}. */
@Command(
    name = "history",
    description = "Shows what happened to a row, and which call of which execution did it.")
public final class HistoryCommand implements RepriseSubcommand {
  @ParentCommand
  private @Nullable RepriseCommand parent;

  @Mixin
  private DatabaseOptions options = new DatabaseOptions();

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "A file of \"reprise export\" instead of a database.")
  private @Nullable Path trace;

  @Parameters(index = "0", paramLabel = "TABLE", description = "Like orders or sales.orders.")
  private String table = "";

  @Parameters(
      index = "1",
      paramLabel = "KEY",
      description = "The row's key: its value, or column=value, several with a comma between.")
  private String key = "";

  private static final String BASE = "BASE";

  /**
   * One thing that happened to the row.
   *
   * @param transaction 0 where the recording found the row as it is
   */
  private record Event(
      Instant at, long transaction, String kind, Map<String, @Nullable String> row) {}

  @Override
  public Integer call() {
    var root = Objects.requireNonNull(parent);
    Arguments.requireText("the name of the table", table);
    Arguments.requireText("the key of the row", key);
    Arguments.requireFile("--trace", trace);
    try (var source = Source.of(options, root.environment(), trace, null)) {
      var events = events(source);
      var writers = new HashMap<Long, Writer>();
      source
          .executions()
          .writers(events.stream().map(Event::transaction).toList())
          .forEach(writer -> writers.put(writer.transactionId(), writer));
      root.output().data(() -> json(events, writers), () -> text(events, writers));
      return RepriseCommand.OK;
    }
  }

  private List<Event> events(Source source) {
    var history = source.history();
    var names = TableNames.of(source.database(), table);
    var found = new ArrayList<Event>();
    boolean known = false;
    for (var epoch : history.epochs()) {
      var ids = new ArrayList<Integer>();
      var copied = new HashSet<Long>();
      for (var relation : history.relations(epoch)) {
        if (names.contains(relation.qualifiedName()) || names.contains(relation.name())) {
          ids.add(relation.id());
          // later copies of the same table repeat what the changes tell
          if (relation.base() != null && copied.add(relation.oid())) {
            base(history, epoch, relation, found);
          }
        }
      }
      if (!ids.isEmpty()) {
        known = true;
        history.changes(epoch, Lsn.ZERO, Lsn.MAX, ids, new Collector(found));
      }
    }
    if (!known) {
      throw new RepriseException("no table " + table + " is recorded");
    }
    return found;
  }

  /** What the recording found. */
  private void base(History history, Epoch epoch, Relation relation, List<Event> found) {
    var wanted = wanted(relation);
    history.baseRows(relation, values -> {
      if (matches(relation, values, wanted)) {
        var row = new LinkedHashMap<String, @Nullable String>();
        for (int i = 0; i < relation.columns().size(); i++) {
          row.put(relation.columns().get(i), values[i]);
        }
        found.add(new Event(epoch.beganAt(), 0, BASE, row));
      }
    });
  }

  /** Keeps the changes of the row. */
  private final class Collector implements ChangeReader {
    private final List<Event> found;
    private long transaction;
    private Instant at = Instant.EPOCH;

    Collector(List<Event> found) {
      this.found = found;
    }

    @Override
    public void begin(long xid, Lsn commit, Instant committedAt) {
      transaction = xid;
      at = committedAt;
    }

    @Override
    public void change(Change change) {
      var wanted = wanted(change.relation());
      if (change.kind() == Change.Kind.TRUNCATE
          || matches(change.relation(), change.before(), wanted)
          || matches(change.relation(), change.after(), wanted)) {
        found.add(new Event(at, transaction, change.kind().name(), row(change)));
      }
    }
  }

  private Map<String, String> wanted(Relation relation) {
    var wanted = new LinkedHashMap<String, String>();
    var parts = key.split(",", -1);
    for (int i = 0; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      if (equals > 0 && !relation.columns().contains(parts[i].substring(0, equals))) {
        throw new RepriseException(relation.qualifiedName() + " has no column "
            + parts[i].substring(0, equals) + "; its key is " + String.join(",", relation.key()));
      }
      if (equals > 0 && relation.columns().contains(parts[i].substring(0, equals))) {
        wanted.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
      } else if (!relation.full() && parts.length == relation.key().size()) {
        wanted.put(relation.key().get(i), parts[i]);
      } else {
        throw new RepriseException("the key of " + relation.qualifiedName() + " is "
            + String.join(",", relation.key()) + "; say which row as column=value");
      }
    }
    return wanted;
  }

  private static boolean matches(
      Relation relation, @Nullable String @Nullable [] values, Map<String, String> wanted) {
    if (values == null) {
      return false;
    }
    var columns = relation.columns();
    return wanted.entrySet().stream().allMatch(entry -> {
      int index = columns.indexOf(entry.getKey());
      return index >= 0 && entry.getValue().equals(values[index]);
    });
  }

  private static Map<String, @Nullable String> row(Change change) {
    var row = new LinkedHashMap<String, @Nullable String>();
    var values = change.after() == null ? change.before() : change.after();
    if (values != null) {
      for (int i = 0; i < change.relation().columns().size(); i++) {
        boolean known = change.after() == null
            ? change.relation().full()
                || change.relation().key().contains(change.relation().columns().get(i))
            : !change.isUnchanged(i);
        if (known) {
          row.put(change.relation().columns().get(i), values[i]);
        }
      }
    }
    return row;
  }

  private static List<JsonObject> json(List<Event> events, Map<Long, Writer> writers) {
    var all = new ArrayList<JsonObject>();
    for (var event : events) {
      var object = new JsonObject()
          .put("committedAt", event.at().toString())
          .put(
              "transactionId",
              event.transaction() == 0 ? null : Long.toUnsignedString(event.transaction()))
          .put("change", event.kind())
          .put("row", event.row());
      var writer = writers.get(event.transaction());
      if (writer != null) {
        object
            .put("execution", writer.id())
            .put("position", writer.position())
            .put("function", writer.function());
      }
      all.add(object);
    }
    return all;
  }

  private static String text(List<Event> events, Map<Long, Writer> writers) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("COMMITTED", "TRANSACTION", "CHANGE", "BY", "ROW"));
    for (var event : events) {
      var writer = writers.get(event.transaction());
      rows.add(List.of(
          event.at().toString(),
          event.transaction() == 0 ? "" : Long.toString(event.transaction()),
          event.kind(),
          writer == null
              ? event.kind().equals(BASE) ? "(as the recording found it)" : "(no function)"
              : writer.id() + "@" + writer.position() + " " + writer.function(),
          event.row().toString()));
    }
    return rows.size() == 1 ? "there was no such row in what is recorded" : Output.table(rows);
  }
}
