package dev.reprise.debugger.replay;

import dev.reprise.RepriseException;
import dev.reprise.debugger.history.History;
import dev.reprise.debugger.history.Progress;
import dev.reprise.debugger.history.Relation;
import dev.reprise.debugger.rebuild.Definitions;
import dev.reprise.debugger.rebuild.Rebuilder;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes the states that a window begins with, and goes on with where its definitions change. For one thread. */
final class States {
  private final History history;
  private final Window window;
  private final Trace trace;
  private final Rebuilder rebuilder;
  private final Definitions definitions;
  private final int version;

  States(History history, Window window, Trace trace, Progress progress) {
    this.history = history;
    this.window = window;
    this.trace = trace;
    this.rebuilder = new Rebuilder(history, progress);
    this.definitions = Definitions.of(history, window.epoch());
    this.version = definitions.count() == 1
        ? 0
        : rebuilder.version(window.epoch(), window.atStart(), definitions);
  }

  /** With a change of the database wherever the definitions change. */
  Segments segments(Scratch into) throws SQLException {
    var first = ground(
        rebuilder.at(window.epoch(), window.atStart(), into, definitions, version),
        Replay.Alteration.NONE);
    return new Segments(first, boundaries(), boundary -> behind(boundary, into));
  }

  private List<Boundary> boundaries() {
    return definitions.count() == 1
        ? List.of()
        : Segments.used(
            window.boundaries(trace, definitions, version), window.plan(trace, Moves.NONE));
  }

  private Ground behind(Boundary boundary, Scratch neighbour) throws SQLException {
    var scratch = neighbour.sibling();
    boolean made = false;
    try {
      var order = window.plan(trace, Moves.NONE).schedule().order();
      var done = new HashSet<>(order.transactions().subList(0, boundary.place()));
      var ground = ground(
          rebuilder.at(
              window.epoch(), window.behind(done), scratch, definitions, boundary.version()),
          Replay.Alteration.NONE);
      made = true;
      return ground;
    } finally {
      if (!made) {
        scratch.close();
      }
    }
  }

  /**
   * In one database, which has all definitions from the beginning.
   *
   * @throws RepriseException they were not only added to on the way
   */
  Segments merged(Scratch into, Replay.Alteration alteration) throws SQLException {
    var changes = boundaries();
    int latest = version;
    var notes = new ArrayList<String>();
    if (!changes.isEmpty()) {
      latest = changes.get(changes.size() - 1).version();
      var change = definitions.change(version, latest);
      if (!change.isAddition()) {
        throw changed(changes);
      }
      notes.add("what was added to the definitions on the way is there from the beginning: "
          + change.text());
    }
    var ground = ground(
        rebuilder.at(window.epoch(), window.atStart(), into, definitions, latest), alteration);
    notes.addAll(ground.notes());
    return new Segments(
        new Ground(ground.start(), ground.instruments(), notes), List.of(), boundary -> ground);
  }

  /** For those who need the same definitions throughout. */
  static RepriseException changed(List<Boundary> boundaries) {
    return new RepriseException(
        boundaries.stream().map(Boundary::text).collect(Collectors.joining("; "))
            + ". Executions on both sides of that cannot be run with other code in one go: take those before it, or those after it");
  }

  private Ground ground(Scratch start, Replay.Alteration alteration) throws SQLException {
    var existing = tables(start);
    alteration.alter(start);
    try (var connection = start.open()) {
      connection.setAutoCommit(true);
      var watched = tables(start);
      watched.removeAll(existing);
      for (Relation relation : history.relations(window.epoch())) {
        watched.add(relation.qualifiedName());
      }
      var instruments = Instruments.install(connection, watched);
      var notes = new ArrayList<>(start.notes());
      for (var table : history.unrecorded(window.epoch())) {
        notes.add("not recorded: " + table);
      }
      return new Ground(start, instruments, notes);
    }
  }

  private static Set<String> tables(Scratch scratch) throws SQLException {
    try (var connection = scratch.open()) {
      return new HashSet<>(Jdbc.query(connection, """
          select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
          """, Binder.NOTHING, row -> row.getString(1)));
    }
  }
}
