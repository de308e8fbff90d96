package dev.reprise.debugger.trace;

import dev.reprise.debugger.history.History;
import dev.reprise.debugger.history.Progress;
import dev.reprise.debugger.history.Snapshot;
import dev.reprise.debugger.rebuild.PastTables;
import dev.reprise.debugger.rebuild.Rebuilder;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.replay.Window;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The tables that definitions got on the way through a window, each in a database as it was when they changed: its rows then are
 * in no change that goes into the file. For one thread.
 *
 * @param all in the order of the changes
 */
record LaterTables(List<One> all) implements AutoCloseable {
  /**
   * Those of one change.
   *
   * @param scratch the state behind it
   * @param base what that sees, among the transactions of the file
   */
  record One(Scratch scratch, PastTables tables, Snapshot base) {}

  /**
   * Makes them.
   *
   * @param end all that there is
   * @param neighbour a scratch database on the server where they are made
   * @param everything also where a change brought no tables
   */
  static LaterTables of( // tidy: where from, and where to
      History history,
      Window window,
      Window.Changes changes,
      Snapshot end,
      Scratch neighbour,
      boolean everything,
      Progress progress) {
    var found = new LaterTables(new ArrayList<>());
    boolean complete = false;
    try {
      for (var change : changes.all()) {
        var tables = PastTables.ofNew(
            history,
            window.epoch(),
            change.behind(),
            changes.definitions(),
            change.version(),
            change.before());
        if (everything || !tables.tables().isEmpty()) {
          var scratch = neighbour.sibling();
          found.all().add(new One(scratch, tables, end.without(change.unseen())));
          var unused = new Rebuilder(history, progress)
              .at(
                  window.epoch(),
                  change.behind(),
                  scratch,
                  changes.definitions(),
                  change.version());
        }
      }
      complete = true;
      return found;
    } finally {
      if (!complete) {
        found.close();
      }
    }
  }

  /** With the links of these states. */
  TableLinks links(TableLinks before) throws SQLException {
    var links = before;
    for (var one : all) {
      try (var connection = one.scratch().open()) {
        links = links.and(TableLinks.read(connection));
      }
    }
    return links;
  }

  @Override
  public void close() {
    all.forEach(one -> one.scratch().close());
  }
}
