package dev.reprise.debugger.report;

import dev.reprise.debugger.rebuild.Scratch;
import java.sql.Connection;
import java.sql.SQLException;

/** Two databases with the same schema: what an original run left, and what changed code made of it. */
final class TwoStates implements AutoCloseable {
  private final Scratch oneScratch = Scratch.embedded();
  private final Scratch otherScratch = Scratch.embedded();
  final Connection before;
  final Connection after;

  TwoStates(String schema) throws SQLException {
    before = oneScratch.open();
    after = otherScratch.open();
    both(schema);
  }

  void both(String sql) throws SQLException {
    execute(before, sql);
    execute(after, sql);
  }

  StateDifference difference() throws SQLException {
    return StateDifference.between(before, after, 100);
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    before.close();
    after.close();
    oneScratch.close();
    otherScratch.close();
  }
}
