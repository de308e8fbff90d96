package dev.reprise.debugger.rebuild;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes many changes in few round trips. Changes of different rows commute while the tables have neither triggers nor
 * foreign keys nor unique indexes beside their identity. So writes are sorted into levels: a write goes to the level of
 * the last one that touched its rows where that is the same statement, and to the next where it is another. A level runs
 * statement by statement, each as one batch. Where that fails, the window runs again in its own order.
 */
final class ChangeWindow {
  private static final int SIZE = 5_000;

  private record Touch(int level, String sql) {}

  private final Connection connection;
  private final List<Write> window = new ArrayList<>();
  private final List<Map<String, List<Write>>> levels = new ArrayList<>();
  private final Map<String, Touch> touched = new HashMap<>();
  private final Map<String, String> identities = new HashMap<>();

  /** The connection's autocommit is off. */
  ChangeWindow(Connection connection) {
    this.connection = connection;
  }

  /** Takes a write; the identity is how its relation tells rows, by which their names can be compared. */
  void add(Write write, String identity) throws SQLException {
    String known = identities.get(write.table());
    if (window.size() == SIZE || (known != null && !known.equals(identity))) {
      flush();
    }
    identities.put(write.table(), identity);
    window.add(write);
    int level = 0;
    for (String row : write.rows()) {
      Touch last = touched.get(row);
      if (last != null) {
        level = Math.max(level, last.sql().equals(write.sql()) ? last.level() : last.level() + 1);
      }
    }
    for (String row : write.rows()) {
      touched.put(row, new Touch(level, write.sql()));
    }
    while (levels.size() <= level) {
      levels.add(new LinkedHashMap<>());
    }
    levels.get(level).computeIfAbsent(write.sql(), sql -> new ArrayList<>()).add(write);
  }

  /** Makes all that it has. */
  void flush() throws SQLException {
    if (window.isEmpty()) {
      return;
    }
    Savepoint before = connection.setSavepoint();
    try {
      for (var level : levels) {
        for (List<Write> batch : level.values()) {
          Write.run(connection, batch);
        }
      }
      connection.releaseSavepoint(before);
    } catch (SQLException | RebuildException e) {
      connection.rollback(before);
      runInOrder();
    }
    window.clear();
    levels.clear();
    touched.clear();
    identities.clear();
  }

  private void runInOrder() throws SQLException {
    for (Write write : window) {
      Write.run(connection, List.of(write));
    }
  }
}
