package dev.reprise.debugger.trace;

import dev.reprise.RepriseException;
import dev.reprise.debugger.history.Epoch;
import dev.reprise.debugger.history.History;
import dev.reprise.debugger.history.Lsn;
import dev.reprise.debugger.history.Progress;
import dev.reprise.debugger.history.RecordedTransaction;
import dev.reprise.debugger.history.Relation;
import dev.reprise.debugger.history.Snapshot;
import dev.reprise.debugger.rebuild.PastTables;
import dev.reprise.debugger.rebuild.Rebuilder;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.replay.Trace;
import dev.reprise.debugger.replay.Window;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.json.JsonObject;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.store.DeploymentStore;
import dev.reprise.runtime.store.ExecutionStore.Loaded;
import dev.reprise.runtime.store.LogDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes executions as a file that replays anywhere: their logs and code, the rows of all recorded tables as they were when
 * the first of them began, and every committed change from there to the end of the last. The database is only read. For one
 * thread.
 */
public final class TraceExport {
  private static final int FETCHED_AT_ONCE = 1_000;

  private final History history;
  private final Database source;
  private final Progress progress;

  /**
   * Of a recorded database.
   *
   * @param source the database of the log
   */
  public TraceExport(History history, Database source) {
    this(history, source, Progress.NONE);
  }

  /** The same, telling how far it has come. */
  public TraceExport(History history, Database source, Progress progress) {
    this.history = history;
    this.source = source;
    this.progress = progress;
  }

  /**
   * What goes into the file, and how.
   *
   * @param executions with their logs; their children are among them
   * @param asked for the manifest: what these were selected by
   * @param masks columns whose values are replaced, {@code table.column} or {@code schema.table.column}
   * @param replaces whether an existing file gives way
   */
  public record Selection(
      List<Loaded> executions, List<String> asked, List<String> masks, boolean replaces) {}

  /**
   * Writes the file; where that fails there is none.
   *
   * @param scratch an empty database for the state at the start; the caller closes it
   * @throws RepriseException the history does not tell what the executions saw, a mask names no column, or the file is there
   *     already or cannot be written
   */
  public Manifest write(Selection selection, Scratch scratch, Path file) {
    var trace = Trace.ofLogs(selection.executions());
    if (trace.calls().isEmpty()) {
      throw new RepriseException("none of these executions has a transaction in its log");
    }
    try (var writer = new TraceWriter(file, selection.replaces())) {
      var end = now();
      var window = Window.of(history, trace, end);
      var changes = window.changes(history, trace);
      var start = new Rebuilder(history, progress)
          .at(window.epoch(), window.atStart(), scratch, changes.definitions(), changes.version());
      boolean masked = !selection.masks().isEmpty();
      try (var later = LaterTables.of(history, window, changes, end, scratch, masked, progress);
          var connection = start.open()) {
        var tables = PastTables.of(history, window.epoch(), window.atStart());
        var part = new Part(window, changes, tables, later);
        var links = later.links(TableLinks.read(connection));
        var masking = Masking.of(selection.masks(), part.relations(), links);
        part.write(writer, masking, begun(trace));
        part.writeRows(writer, masking, connection);
        writeLog(writer, masking, selection.executions());
        writeCode(writer, selection.executions());
        history.requireWhole(window.epoch());
        var manifest = new Manifest(
            Instant.now().toString(),
            selection.asked().stream().map(masking::text).toList(),
            window.epoch().serverVersion(),
            end,
            masking.columns(),
            writer.entries());
        writer.complete(manifest);
        return manifest;
      }
    } catch (SQLException e) {
      throw new RepriseException("the trace cannot be written: " + e.getMessage(), e);
    }
  }

  private Snapshot now() throws SQLException {
    var end = history.end();
    return end.isPresent()
        ? end.get()
        : Snapshot.parse(source.log(connection -> Jdbc.queryOne(
                connection,
                "select pg_current_snapshot()::text",
                Binder.NOTHING,
                row -> row.getString(1))
            .orElseThrow()));
  }

  private static Instant begun(Trace trace) {
    return trace.calls().stream()
        .map(call -> Objects.requireNonNullElse(
            call.operation().startedAt(), call.operation().completedAt()))
        .min(Instant::compareTo)
        .orElseThrow();
  }

  /** The part of the history that goes into the file. */
  private final class Part {
    private final Epoch epoch;
    private final List<RecordedTransaction> transactions;
    private final PastTables tables;
    /** What the rows at the start are: all that is not among the transactions. */
    private final Snapshot base;
    /** One for each table at the start, and those that the changes name. */
    private final List<Relation> atStart = new ArrayList<>();

    /** The same for each change of the definitions. */
    private final List<List<Relation>> atChanges = new ArrayList<>();

    private final List<Relation> recorded;
    private final Window.Changes changes;
    private final LaterTables later;
    private long written;

    Part(Window window, Window.Changes changes, PastTables tables, LaterTables later) {
      this.changes = changes;
      this.later = later;
      this.epoch = window.epoch();
      this.transactions = window.commits();
      this.tables = tables;
      var seen = window.start();
      for (long transaction : window.heldBack()) {
        seen = seen.without(transaction);
      }
      this.base = seen;
      this.recorded = history.relations(epoch).stream().map(Part::withoutBase).toList();
      int id = recorded.stream().mapToInt(Relation::id).max().orElse(0);
      for (var table : tables.tables()) {
        atStart.add(relation(++id, table, base));
      }
      for (var one : later.all()) {
        var all = new ArrayList<Relation>();
        for (var table : one.tables().tables()) {
          all.add(relation(++id, table, one.base()));
        }
        atChanges.add(all);
      }
    }

    private static Relation withoutBase(Relation of) {
      return new Relation(
          of.id(),
          of.epoch(),
          of.oid(),
          of.schema(),
          of.name(),
          of.from(),
          of.columns(),
          of.types(),
          of.numbers(),
          of.key(),
          of.full(),
          null);
    }

    private Relation relation(int id, PastTables.Table table, Snapshot seen) {
      var columns = table.columns().stream().map(PastTables.Column::name).toList();
      Relation like = null;
      for (var relation : recorded) {
        boolean better = like == null || relation.columns().equals(columns);
        like = relation.oid() == table.oid() && better ? relation : like;
      }
      return new Relation(
          id,
          epoch.epoch(),
          table.oid(),
          table.schema(),
          table.name(),
          Lsn.ZERO,
          columns,
          table.columns().stream().map(PastTables.Column::type).toList(),
          table.columns().stream().map(PastTables.Column::number).toList(),
          like == null ? columns : like.key(),
          like == null || like.full(),
          seen);
    }

    List<Relation> relations() {
      var all = new ArrayList<>(recorded);
      all.addAll(atStart);
      atChanges.forEach(all::addAll);
      return all;
    }

    /** All but the rows at the start. */
    void write(TraceWriter writer, Masking masking, Instant begun) {
      Lsn first =
          transactions.isEmpty() ? epoch.recorded() : transactions.get(0).commit();
      var beganAt = transactions.isEmpty() || transactions.get(0).committedAt().isAfter(begun)
          ? begun
          : transactions.get(0).committedAt();
      writer.begin(Entries.EPOCH);
      writer.line(HistoryLines.epoch(epoch, base, new Lsn(first.position() - 1), beganAt));
      writer.begin(Entries.SCHEMAS);
      writer.line(HistoryLines.schemaAtStart(epoch, base, beganAt, tables.ddl()));
      for (int i = changes.version() + 1; i < changes.definitions().count(); i++) {
        writer.line(HistoryLines.schema(epoch, changes.definitions().version(i), base));
      }
      writer.begin(Entries.RELATIONS);
      relations().forEach(relation -> writer.line(HistoryLines.relation(relation)));
      writer.begin(Entries.UNRECORDED);
      history
          .unrecorded(epoch)
          .forEach(table -> writer.line(HistoryLines.unrecorded(epoch, table)));
      writer.begin(Entries.TRANSACTIONS);
      transactions.forEach(
          transaction -> writer.line(HistoryLines.transaction(epoch, transaction)));
      writer.begin(Entries.CHANGES);
      for (var transaction : transactions) {
        int ordinal = 0;
        for (var change : transaction.changes()) {
          writer.line(HistoryLines.change(transaction.commit(), ordinal++, change, masking));
        }
      }
    }

    void writeRows(TraceWriter writer, Masking masking, Connection connection) throws SQLException {
      writeRows(writer, masking, connection, atStart, tables);
      for (int i = 0; i < atChanges.size(); i++) {
        try (var there = later.all().get(i).scratch().open()) {
          writeRows(writer, masking, there, atChanges.get(i), later.all().get(i).tables());
        }
      }
    }

    private void writeRows(
        TraceWriter writer,
        Masking masking,
        Connection connection,
        List<Relation> relations,
        PastTables of)
        throws SQLException {
      try (var statement = connection.createStatement()) {
        statement.execute("""
            set datestyle = 'ISO'; set intervalstyle = postgres; set timezone = 'UTC'; set extra_float_digits = 3;
            set bytea_output = hex; set search_path = ''
            """);
      }
      connection.setAutoCommit(false);
      for (int i = 0; i < relations.size(); i++) {
        writer.begin(Entries.base(relations.get(i).id()));
        writeRows(
            writer, masking, connection, relations.get(i).id(), of.tables().get(i));
      }
      connection.rollback();
    }

    /** As texts that the types' output functions give; a cast to text is not the same for all types. */
    private void writeRows(
        TraceWriter writer,
        Masking masking,
        Connection connection,
        int relation,
        PastTables.Table table)
        throws SQLException {
      var values = table.columns().stream()
          .map(column ->
              "case when t.%1$s is distinct from null then pg_catalog.format('%%s', t.%1$s) end"
                  .formatted(column.sqlName()))
          .toList();
      String sql = "select " + String.join(", ", values) + " from only " + table.sqlName() + " t";
      try (var statement = connection.createStatement()) {
        statement.setFetchSize(FETCHED_AT_ONCE);
        try (var rows = statement.executeQuery(sql)) {
          while (rows.next()) {
            var row = new @Nullable String[values.size()];
            for (int i = 0; i < row.length; i++) {
              row[i] = rows.getString(i + 1);
            }
            var masked = Objects.requireNonNull(masking.row(relation, row));
            writer.line(Json.write(Arrays.asList(masked)));
            written++;
            progress.at(() -> "writing: " + written + " rows");
          }
        }
      }
    }
  }

  private static void writeLog(TraceWriter writer, Masking masking, List<Loaded> executions) {
    writer.begin(Entries.EXECUTIONS);
    executions.forEach(loaded -> writer.line(LogRows.execution(loaded.row(), masking)));
    writer.begin(Entries.OPERATIONS);
    for (var loaded : executions) {
      for (var operation : loaded.operations()) {
        writer.line(LogRows.operation(loaded.row().execution(), operation, masking));
      }
    }
  }

  private void writeCode(TraceWriter writer, List<Loaded> executions) throws SQLException {
    var versions = new TreeSet<String>();
    executions.forEach(loaded -> {
      if (loaded.row().version() != null) {
        versions.add(loaded.row().version());
      }
    });
    var kept = new ArrayList<String>();
    writer.begin(Entries.DEPLOYMENTS);
    for (var version : versions) {
      var line = source.log(connection -> Jdbc.queryOne(
          connection,
          "select name, functions, created_at from reprise.deployments where version = ?",
          statement -> statement.setString(1, version),
          row -> new JsonObject()
              .put("version", version)
              .put("name", row.getString(1))
              .put("functions", Arrays.asList((Object[]) row.getArray(2).getArray()))
              .put("created_at", row.getTimestamp(3).toInstant())
              .toString()));
      if (line.isPresent()) {
        writer.line(line.get());
        kept.add(version);
      }
    }
    var store = new DeploymentStore(new LogDatabase(source));
    for (var version : kept) {
      writer.content(Entries.jar(version), store.jar(version).orElseThrow());
    }
  }
}
