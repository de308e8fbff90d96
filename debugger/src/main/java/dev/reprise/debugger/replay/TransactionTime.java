package dev.reprise.debugger.replay;

import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code now()} is in a replayed transaction, and was in the recorded one. A value that is the one where the other is
 * recorded is no difference: it is the time of the transaction, as it was meant to be. Immutable.
 */
public final class TransactionTime {
  private final Map<String, String> recordedForms;

  private TransactionTime(Map<String, String> recordedForms) {
    this.recordedForms = recordedForms;
  }

  /** Of the connection's transaction, whose recorded one began at that time. */
  public static TransactionTime of(Connection connection, @Nullable Instant recorded)
      throws SQLException {
    if (recorded == null) {
      return new TransactionTime(Map.of());
    }
    var forms = Jdbc.query(
        connection,
        "select now()::text, t::text, now()::timestamp::text, t::timestamp::text from (select ?::timestamptz as t) x",
        statement -> statement.setString(1, recorded.toString()),
        row -> Map.of(row.getString(1), row.getString(2), row.getString(3), row.getString(4)));
    return new TransactionTime(forms.get(0));
  }

  /** The changes with the recorded time in place of the replayed one. */
  public List<Captured> asRecorded(List<Captured> changes) {
    var all = new ArrayList<Captured>();
    for (var change : changes) {
      all.add(
          new Captured(change.table(), change.kind(), change.before(), asRecorded(change.after())));
    }
    return all;
  }

  private @Nullable Map<String, @Nullable String> asRecorded(
      @Nullable Map<String, @Nullable String> row) {
    if (row == null) {
      return null;
    }
    var mapped = new LinkedHashMap<String, @Nullable String>();
    row.forEach((column, value) ->
        mapped.put(column, value == null ? null : recordedForms.getOrDefault(value, value)));
    return mapped;
  }
}
