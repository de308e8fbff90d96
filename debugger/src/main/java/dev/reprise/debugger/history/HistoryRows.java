package dev.reprise.debugger.history;

import dev.reprise.runtime.json.Json;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Rows of the history as records. */
final class HistoryRows {
  static final String EPOCH_COLUMNS = """
      epoch, base_snapshot::text, base_lsn::text, recorded_lsn::text, system_identifier, timeline, server_version,
      database, began_at, ended_at, end_reason, to_jsonb(epochs) ->> 'retention'
      """;

  static final String RELATION_COLUMNS = """
      relation, epoch, oid::bigint, table_schema, table_name, from_lsn::text, columns, types, column_numbers,
      key_columns, identity_full, base_snapshot::text, to_jsonb(relations) ->> 'base_writers'
      """;

  private static final int[] NONE = {};

  private HistoryRows() {}

  static Epoch epoch(ResultSet row) throws SQLException {
    return new Epoch(
        row.getInt(1),
        Snapshot.parse(row.getString(2)),
        Lsn.parse(row.getString(3)),
        Lsn.parse(row.getString(4)),
        row.getString(5),
        row.getInt(6),
        row.getString(7),
        row.getString(8),
        instant(row, 9),
        row.getObject(10) == null ? null : instant(row, 10),
        row.getString(11),
        row.getString(12));
  }

  static Relation relation(ResultSet row) throws SQLException {
    String base = row.getString(12);
    return new Relation(
        row.getInt(1),
        row.getInt(2),
        row.getLong(3),
        row.getString(4),
        row.getString(5),
        Lsn.parse(row.getString(6)),
        names(row, 7),
        names(row, 8),
        Arrays.asList((Integer[]) row.getArray(9).getArray()),
        names(row, 10),
        row.getBoolean(11),
        base == null ? null : Snapshot.parse(base),
        transactions(row, 13));
  }

  /** Ids of transactions, an array as JSON; null for null. */
  static @Nullable List<Long> transactions(ResultSet row, int column) throws SQLException {
    String json = row.getString(column);
    if (json == null || !(Json.parse(json) instanceof List<?> ids)) {
      return null;
    }
    return ids.stream().map(id -> Long.valueOf(String.valueOf(id))).toList();
  }

  static Instant instant(ResultSet row, int column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static List<String> names(ResultSet row, int column) throws SQLException {
    return Arrays.asList((String[]) row.getArray(column).getArray());
  }

  static @Nullable String @Nullable [] values(ResultSet row, int column) throws SQLException {
    Array array = row.getArray(column);
    return array == null ? null : (@Nullable String[]) array.getArray();
  }

  static int[] indexes(ResultSet row, int column) throws SQLException {
    Array array = row.getArray(column);
    if (array == null) {
      return NONE;
    }
    return Arrays.stream((Integer[]) array.getArray())
        .mapToInt(Objects::requireNonNull)
        .toArray();
  }
}
