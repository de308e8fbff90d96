package dev.reprise.debugger.cli;

import dev.reprise.RepriseException;
import dev.reprise.debugger.history.Epoch;
import dev.reprise.debugger.history.History;
import dev.reprise.debugger.history.Lsn;
import dev.reprise.debugger.history.Snapshot;
import dev.reprise.debugger.rebuild.Rebuilder;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.rebuild.Visibility;
import dev.reprise.runtime.cli.DatabaseOptions;
import dev.reprise.runtime.cli.RepriseCommand;
import dev.reprise.runtime.cli.RepriseSubcommand;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Position;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code reprise at}. */
@Command(
    name = "at",
    description =
        "Runs SQL on the database as it was: at a time, or as a call of an execution left it or saw it.")
public final class AtCommand implements RepriseSubcommand {
  @ParentCommand
  private @Nullable RepriseCommand parent;

  @Mixin
  private DatabaseOptions options = new DatabaseOptions();

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "A file of \"reprise export\" instead of a database.")
  private @Nullable Path trace;

  @Option(
      names = "--time",
      paramLabel = "TIME",
      description = "What was committed by this time, like 2026-01-31T08:00:00Z.")
  private @Nullable String time;

  @Option(
      names = "--execution",
      paramLabel = "ID[@POSITION]",
      description = "Right after its transaction at this position; without one, after its last.")
  private @Nullable String execution;

  @Option(names = "--before", description = "What that transaction saw instead.")
  private boolean before;

  @Option(
      names = "--scratch",
      paramLabel = "JDBC-URL",
      description = "A server for the scratch database; by default an embedded one.")
  private @Nullable String scratch;

  @Parameters(paramLabel = "SQL", description = "What to run there; its changes are rolled back.")
  private String sql = "";

  /** A state of the past. */
  private record State(Epoch epoch, Visibility visible) {}

  @Override
  public Integer call() {
    var root = Objects.requireNonNull(parent);
    if ((time == null) == (execution == null)) {
      throw new IllegalArgumentException("give either --time or --execution");
    }
    if (before && execution == null) {
      throw new IllegalArgumentException("--before goes with --execution");
    }
    var wanted = Arguments.time("--time", time, Instant.MAX);
    Arguments.requireText("the SQL", sql);
    Arguments.requireFile("--trace", trace);
    Arguments.requireServer(scratch);
    try (var source = Source.of(options, root.environment(), trace, scratch)) {
      var history = source.history();
      var state = time == null ? ofExecution(source, history) : atTime(source, history, wanted);
      var into = scratch == null ? Scratch.embedded() : Scratch.on(DatabaseConfig.of(scratch));
      try (into;
          var connection = new Rebuilder(history, Arguments.progress(root.output()))
              .at(state.epoch(), state.visible(), into, Set.of())
              .open()) {
        into.notes().forEach(note -> root.output().note("note: " + note));
        var result = SqlResult.of(connection, sql);
        root.output().data(result::json, result::text);
      } catch (SQLException e) {
        throw new RepriseException("the scratch database cannot be used: " + e.getMessage(), e);
      }
    }
    return RepriseCommand.OK;
  }

  private State atTime(Source source, History history, Instant wanted) {
    var epoch = history.epochSeeing(history.end().orElseGet(() -> now(source)));
    for (var one : history.epochs()) {
      var ended = one.endedAt();
      if (!wanted.isBefore(one.beganAt()) && (ended == null || wanted.isBefore(ended))) {
        epoch = one;
      }
    }
    if (wanted.isBefore(epoch.beganAt())) {
      throw new RepriseException("nothing is recorded of " + wanted + ": the history begins at "
          + epoch.beganAt() + "; " + epoch.whyNotEarlier());
    }
    var later = new HashSet<Long>();
    history.commits(epoch, Lsn.ZERO, Lsn.MAX, (xid, at, committed) -> {
      if (committed.isAfter(wanted)) {
        later.add(xid);
      }
    });
    return new State(epoch, new Visibility() {
      @Override
      public boolean sees(long xid) {
        return !later.contains(xid);
      }

      @Override
      public Instant until() {
        return wanted;
      }
    });
  }

  private static Snapshot now(Source source) {
    try {
      return Snapshot.parse(source
          .database()
          .log(connection -> Jdbc.queryOne(
                  connection,
                  "select pg_current_snapshot()::text",
                  Binder.NOTHING,
                  row -> row.getString(1))
              .orElseThrow()));
    } catch (SQLException e) {
      throw new RepriseException("the database cannot be read: " + e.getMessage(), e);
    }
  }

  private State ofExecution(Source source, History history) {
    var operation = operation(source);
    if (operation.snapshot() == null) {
      throw new RepriseException("the snapshot of " + execution
          + " is not recorded: it failed by an error of the database. Give a --time instead");
    }
    var own = operation.transactionId();
    var taken = Snapshot.parse(operation.snapshot());
    var snapshot = own == null ? taken : taken.without(own);
    var epoch = history.epochSeeing(snapshot);
    var commit = own == null || before ? null : history.transaction(epoch, own).orElse(null);
    if (commit == null) {
      return new State(epoch, Visibility.of(snapshot));
    }
    var unseen = new HashSet<Long>();
    history.commits(epoch, Lsn.ZERO, commit.commit(), (xid, at, committed) -> {
      if (!snapshot.sees(xid)) {
        unseen.add(xid);
      }
    });
    return new State(epoch, new Visibility() {
      @Override
      public boolean sees(long xid) {
        return snapshot.sees(xid) || unseen.contains(xid);
      }

      // its code knew the definitions that it saw
      @Override
      public boolean knows(long xid) {
        return true;
      }

      @Override
      public boolean mayInclude(Snapshot other) {
        return snapshot.includes(other);
      }
    });
  }

  private OperationRow operation(Source source) {
    var given = String.valueOf(execution);
    int sign = given.lastIndexOf('@');
    var store = source.executions();
    var log = store.operations(given);
    Position wanted = null;
    var id = given;
    if (log.isEmpty() && sign > 0) {
      wanted = Position.parse(given.substring(sign + 1));
      id = given.substring(0, sign);
      log = store.operations(id);
    }
    OperationRow found = null;
    for (var operation :
        log.orElseThrow(() -> new RepriseException("there is no execution " + given))) {
      if (operation.kind() == OperationKind.TRANSACTION
          && (wanted == null || operation.position().equals(wanted))) {
        found = operation;
      }
    }
    if (found == null) {
      throw new RepriseException("there is no transaction at " + given + "; " + id + " has "
          + positions(log.orElseThrow()));
    }
    requireOwn(store, id, found.position());
    return found;
  }

  private static String positions(List<OperationRow> log) {
    var all = log.stream()
        .filter(operation -> operation.kind() == OperationKind.TRANSACTION)
        .map(operation -> operation.position().toString())
        .toList();
    return all.isEmpty()
        ? "none in its log"
        : (all.size() == 1 ? "one at " : "them at ") + String.join(", ", all);
  }

  private static void requireOwn(ExecutionStore store, String id, Position position) {
    var lineage = store.find(id).map(ExecutionRow::lineage).orElse(null);
    var origin = lineage == null ? null : lineage.of(position);
    if (origin != null) {
      throw new RepriseException("execution " + id + " was forked, and its operation " + position
          + " was done by " + origin.id() + ": ask for " + origin.id() + "@" + position);
    }
  }
}
