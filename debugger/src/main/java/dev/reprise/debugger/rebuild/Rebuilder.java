package dev.reprise.debugger.rebuild;

import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.history.ChangeReader;
import dev.reprise.debugger.history.Epoch;
import dev.reprise.debugger.history.History;
import dev.reprise.debugger.history.Lsn;
import dev.reprise.debugger.history.Progress;
import dev.reprise.debugger.history.Relation;
import dev.reprise.debugger.rebuild.SourceSchema.Statement;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a database as it was: the schema of that time, the rows of the base copy, and on top of them the changes of the
 * transactions that are visible, in the order of their commits. Constraints, indexes and triggers come behind the rows;
 * sequences stand behind the largest value that they gave a row. Roles, grants and policies are not there; materialized
 * views are filled anew. Thread-safe.
 */
public final class Rebuilder {
  private static final Logger LOG = LoggerFactory.getLogger(Rebuilder.class);

  private final History history;
  private final Progress progress;

  /** Out of that history. */
  public Rebuilder(History history) {
    this(history, Progress.NONE);
  }

  /** The same, telling how far it has come. */
  public Rebuilder(History history, Progress progress) {
    this.history = history;
    this.progress = progress;
  }

  /**
   * Makes the state that has exactly the visible transactions of an epoch.
   *
   * @param epoch from {@link History#epochSeeing}
   * @param which {@link Visibility#of} a snapshot, or another selection
   * @param into an empty scratch database, to which nobody is connected; given back
   * @param onlyTables as {@code schema.name}: only these get their rows, and no foreign key is made; empty for all
   * @throws ScratchUnfitException the scratch server lacks something
   * @throws RebuildException the history contradicts itself, or a table is not there
   * @throws dev.reprise.debugger.history.HistoryException the beginning of the epoch was deleted meanwhile
   */
  public Scratch at(Epoch epoch, Visibility which, Scratch into, Set<String> onlyTables) {
    return at(epoch, which, into, onlyTables, Definitions.of(history, epoch), null);
  }

  /**
   * The same with definitions by choice.
   *
   * @param version the number of those that the state is to have
   */
  public Scratch at(
      Epoch epoch, Visibility which, Scratch into, Definitions definitions, int version) {
    return at(epoch, which, into, Set.of(), definitions, version);
  }

  /** The number of the definitions that held in a state. */
  public int version(Epoch epoch, Visibility which, Definitions definitions) {
    return Past.of(history, epoch, which, definitions, null).version();
  }

  private Scratch at(
      Epoch epoch,
      Visibility which,
      Scratch into,
      Set<String> onlyTables,
      Definitions definitions,
      @Nullable Integer version) {
    Past past = Past.of(history, epoch, which, definitions, version);
    try {
      try (Connection connection = into.open()) {
        SchemaBuilder.requireFit(connection, past.schema());
      }
      DatabaseOptions.adopt(into, past.schema());
      if (!isMade(into, epoch, which, past, onlyTables)) {
        DatabaseOptions.empty(into);
        try (Connection connection = into.open()) {
          new Work(connection, into, epoch, which, past, onlyTables, true).run();
        }
      }
      history.requireWhole(epoch);
      return into;
    } catch (SQLException e) {
      throw new RebuildException("the past cannot be made again: " + e.getMessage(), e);
    }
  }

  /** False where rows of before do not keep the rules of that time, as of a column that was filled before NOT NULL was set. */
  private boolean isMade(
      Scratch into, Epoch epoch, Visibility which, Past past, Set<String> onlyTables)
      throws SQLException {
    try (Connection connection = into.open()) {
      new Work(connection, into, epoch, which, past, onlyTables, false).run();
      return true;
    } catch (ScratchUnfitException e) {
      throw e;
    } catch (SQLException | RebuildException e) {
      LOG.debug("once more, with the rules behind the changes", e);
      return false;
    }
  }

  /** The making of one state. */
  private final class Work implements ChangeReader {
    private final Connection connection;
    private final Scratch scratch;
    private final Epoch epoch;
    private final Visibility which;
    private final Past past;
    private final Set<String> onlyTables;
    /** Whether the rules that rows keep come behind the changes. */
    private final boolean rulesLast;

    private final Map<Integer, RelationWrites> writes = new HashMap<>();
    private final Set<Long> digested = new HashSet<>();
    private final List<String> indexes = new ArrayList<>();
    private final ChangeWindow window;
    private final ChangeApplier applier;
    private final List<Change> truncates = new ArrayList<>();
    private long xid;
    private long rows;
    private long changes;

    Work(
        Connection connection,
        Scratch scratch,
        Epoch epoch,
        Visibility which,
        Past past,
        Set<String> onlyTables,
        boolean rulesLast) {
      this.connection = connection;
      this.scratch = scratch;
      this.epoch = epoch;
      this.which = which;
      this.past = past;
      this.onlyTables = onlyTables;
      this.rulesLast = rulesLast;
      this.window = new ChangeWindow(connection);
      this.applier = new ChangeApplier(connection);
    }

    void run() throws SQLException {
      requireTables();
      execute("set synchronous_commit = off");
      connection.setAutoCommit(false);
      var schema = new SchemaBuilder(connection, scratch);
      schema.make(statements(it -> !it.afterRows() && !(rulesLast && it.isPartition())));
      var loosened = rulesLast ? new Loosened(connection) : null;
      var identities = new Identities(connection);
      TargetTables.keep(connection, past.schema().tables().values());
      loadBases();
      if (loosened == null) {
        schema.make(statements(Statement::isPrimaryKey));
      }
      connection.commit();
      takeBack();
      applyChanges();
      identities.restore();
      if (loosened != null) {
        loosened.fasten(scratch);
        schema.make(statements(Statement::isPartition));
      }
      schema.make(statements(statement -> statement.afterRows()
          && (rulesLast || !statement.isPrimaryKey())
          && !(statement.isForeignKey() && !onlyTables.isEmpty())));
      Sequences.advance(connection);
      connection.commit();
      connection.setAutoCommit(true);
      execute("analyze");
      DatabaseOptions.set(connection, scratch, past.schema().settings());
      note();
    }

    private List<Statement> statements(Predicate<Statement> which) {
      return past.schema().statements().stream().filter(which).toList();
    }

    private void requireTables() {
      var names = past.schema().tables().values().stream()
          .map(SourceSchema.Table::qualifiedName)
          .toList();
      for (String table : onlyTables) {
        if (!names.contains(table)) {
          throw new RebuildException(
              "there was no table " + table + " at that time; there were " + names);
        }
      }
    }

    private boolean isWanted(TargetTable table) {
      return onlyTables.isEmpty() || onlyTables.contains(table.qualifiedName());
    }

    private void loadBases() throws SQLException {
      TargetTables targets = TargetTables.read(connection);
      for (Relation base : past.bases().values()) {
        TargetTable table = targets.of(base);
        if (table != null && isWanted(table)) {
          load(base, new RelationWrites(base, table, false));
        }
      }
    }

    private void load(Relation base, RelationWrites writes) throws SQLException {
      if (writes.insertedColumns().isEmpty()) {
        history.baseRows(base, row -> insertEmpty(writes.table()));
        return;
      }
      var names = writes.insertedColumns().stream().map(TargetTable::quoted).toList();
      String sql =
          "copy " + writes.table().sqlName() + " (" + String.join(", ", names) + ") from stdin";
      CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
      try {
        history.copyBaseRows(base, writes.insertedFrom(), writes.constants(), row -> {
          copy.writeToCopy(row, 0, row.length);
          rows++;
          progress.at(() -> "rebuilding: " + rows + " rows of the base copy");
        });
        copy.endCopy();
      } catch (SQLException e) {
        throw new RebuildException(
            "the base copy of " + base.qualifiedName() + " (columns " + base.columns()
                + ") does not fit: " + e.getMessage(),
            e);
      } finally {
        if (copy.isActive()) {
          copy.cancelCopy();
        }
      }
    }

    private void insertEmpty(TargetTable table) {
      try {
        execute("insert into " + table.sqlName() + " default values");
      } catch (SQLException e) {
        throw new RebuildException("cannot insert into " + table.qualifiedName(), e);
      }
    }

    /** Of copies that are later than the state. */
    private void takeBack() throws SQLException {
      for (List<Change> opposites : past.takenBack().values()) {
        Relation of = opposites.isEmpty() ? null : opposites.get(0).relation();
        if (of != null && (onlyTables.isEmpty() || onlyTables.contains(of.qualifiedName()))) {
          new ChangeApplier(connection).applyInOrder(opposites);
        }
      }
      connection.commit();
    }

    private void applyChanges() throws SQLException {
      TargetTables targets = TargetTables.read(connection);
      var chosen = new ArrayList<Relation>();
      for (Relation relation : history.relations(epoch)) {
        TargetTable table = targets.of(relation);
        if (table != null && isWanted(table) && past.bases().containsKey(relation.oid())) {
          chosen.add(relation);
          prepare(relation, table);
        }
      }
      if (!indexes.isEmpty()) {
        connection.commit();
      }
      history.changes(
          epoch, Lsn.ZERO, past.last(), chosen.stream().map(Relation::id).toList(), this);
      flush();
      for (String index : indexes) {
        execute("drop index " + index);
      }
      execute("drop function if exists " + RelationWrites.DIGEST + ", reprise_rebuild.as_text");
      connection.commit();
    }

    /** Indexes for the time of the changes only. */
    private void prepare(Relation relation, TargetTable table) throws SQLException {
      var plain = new RelationWrites(relation, table, digested.contains(table.oid()));
      writes.put(relation.id(), plain);
      String name = "reprise_rebuild_" + relation.id();
      String schema = TargetTable.quoted(table.schema()) + ".";
      if (!plain.columnsToIndex().isEmpty()) {
        var columns = plain.columnsToIndex().stream().map(TargetTable::quoted).toList();
        execute("create index " + name + " on " + table.sqlName() + " ("
            + String.join(", ", columns) + ")");
        indexes.add(schema + name);
      } else if (plain.isByWholeRow() && !table.columns().isEmpty() && digested.add(table.oid())) {
        makeDigest();
        execute("create index " + name + " on " + table.sqlName() + " using hash (("
            + plain.digestExpression() + "))");
        indexes.add(schema + name);
        writes.put(relation.id(), new RelationWrites(relation, table, true));
      }
    }

    private void makeDigest() throws SQLException {
      if (digested.size() > 1) {
        return;
      }
      execute("""
          create function reprise_rebuild.as_text(anyelement) returns text immutable parallel safe language sql
            as 'select $1::text'
          """);
      execute("""
          create function reprise_rebuild.digest(text[]) returns uuid immutable parallel safe language sql
            as 'select md5($1::text)::uuid'
          """);
    }

    @Override
    public void begin(long transaction, Lsn commit, Instant committedAt) {
      xid = transaction;
    }

    @Override
    public void change(Change change) throws SQLException {
      changes++;
      progress.at(() -> "rebuilding: " + rows + " rows of the base copy, " + changes + " changes");
      RelationWrites of = writes.get(change.relation().id());
      if (of == null || !which.sees(xid) || !past.isOnTop(change.relation(), xid)) {
        return;
      }
      if (change.kind() == Change.Kind.TRUNCATE) {
        window.flush();
        truncates.add(change);
        return;
      }
      truncate();
      window.add(of.write(change), of.identityName());
    }

    private void flush() throws SQLException {
      window.flush();
      truncate();
    }

    private void truncate() throws SQLException {
      if (!truncates.isEmpty()) {
        applier.applyInOrder(truncates);
        truncates.clear();
      }
    }

    private void note() {
      history
          .unrecorded(epoch)
          .forEach(table -> scratch.note("the rows of " + table.schema() + "." + table.name()
              + " are not recorded: " + table.reason() + "; " + table.remedy()));
      past.notes().forEach(scratch::note);
      past.schema().omitted().forEach(what -> scratch.note("there is no " + what));
    }

    private void execute(String sql) throws SQLException {
      Jdbc.update(connection, sql, Binder.NOTHING);
    }
  }
}
