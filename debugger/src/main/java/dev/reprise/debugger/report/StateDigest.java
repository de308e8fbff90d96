package dev.reprise.debugger.report;

import dev.reprise.debugger.report.Catalog.ForeignKey;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Set;

/**
 * A short text that is the same for databases with the same rows in the tables of the application. Tables on one side only
 * make it another one.
 */
public final class StateDigest {
  /** How far foreign keys are followed to tell rows apart whose own keys are drawn. */
  private static final int DEPTH = 3;

  private final Catalog catalog;
  private final Set<String> drawn;

  private StateDigest(Catalog catalog, Set<String> drawn) {
    this.catalog = catalog;
    this.drawn = drawn;
  }

  /**
   * Computes it on the server, in one statement beside those for the catalog.
   *
   * @param connection a session without a transaction
   * @param withoutDrawnValues whether values that every run draws anew, see {@link StateDifference#volatileColumns}, are
   *     left out; in the place of a foreign key onto such values goes what else the row referred to holds
   */
  public static String of(Connection connection, boolean withoutDrawnValues) throws SQLException {
    try (var reading = Reading.qualified(connection)) {
      var catalog = Catalog.read(reading.connection());
      var digest = new StateDigest(catalog, withoutDrawnValues ? catalog.drawnColumns() : Set.of());
      return sha256(digest.sums(connection));
    }
  }

  private String sums(Connection connection) throws SQLException {
    var each = new ArrayList<String>();
    for (var table : catalog.tables().values()) {
      each.add("select %s::text, count(*), %s from %s t0"
          .formatted(
              Sql.literal(table.label()),
              TableComparison.hashSums(content(table, 0)),
              table.from()));
    }
    if (each.isEmpty()) {
      return "";
    }
    var sums = Jdbc.query(
        connection,
        String.join(" union all ", each),
        Binder.NOTHING,
        row -> "%s %d %s %s\n"
            .formatted(row.getString(1), row.getLong(2), row.getString(3), row.getString(4)));
    return String.join("", sums.stream().sorted().toList());
  }

  private String content(TableShape table, int depth) {
    var parts = new ArrayList<String>();
    for (var column : table.columns()) {
      if (!drawn.contains(table.label() + "." + column.name())) {
        parts.add("t" + depth + "." + column.sql() + "::text");
      }
    }
    if (depth < DEPTH) {
      for (var key : catalog.foreignKeys()) {
        if (key.table().equals(table.label())
            && key.columns().stream()
                .anyMatch(column -> drawn.contains(table.label() + "." + column))) {
          var parent = catalog.tables().get(key.parent());
          if (parent != null) {
            parts.add(content(table, key, parent, depth));
          }
        }
      }
    }
    return "row(" + String.join(", ", parts) + ")::text";
  }

  private String content(TableShape table, ForeignKey key, TableShape parent, int depth) {
    var joined = new ArrayList<String>();
    for (int i = 0; i < key.columns().size(); i++) {
      joined.add("t%d.%s = t%d.%s"
          .formatted(
              depth + 1,
              parent.column(key.referenced().get(i)).orElseThrow().sql(),
              depth,
              table.column(key.columns().get(i)).orElseThrow().sql()));
    }
    return "(select %s from %s t%d where %s)"
        .formatted(
            content(parent, depth + 1), parent.from(), depth + 1, String.join(" and ", joined));
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
