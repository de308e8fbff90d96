package dev.reprise.debugger.cli;

import dev.reprise.RepriseException;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** Which recorded tables somebody means by a name. */
final class TableNames {
  private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"]|\"\")+)\"");
  private static final Pattern PARTS =
      Pattern.compile("(?:(" + QUOTED + "|[^\".]+)\\.)?(" + QUOTED + "|[^\".]+)");

  private TableNames() {}

  /**
   * The table itself, and where it is partitioned now, its partitions: these hold the rows, and these are recorded.
   *
   * @param given as SQL has it or without quotes, with or without its schema
   * @return names, with their schema or without, unquoted
   */
  static Set<String> of(Database database, String given) {
    var plain = plain(given);
    var names = new LinkedHashSet<String>();
    names.add(given);
    names.add(plain);
    var sql = """
        with recursive tree as (
            select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where c.relkind = 'p' and (n.nspname || '.' || c.relname = ? or c.relname = ?)
            union select i.inhrelid from tree join pg_inherits i on i.inhparent = tree.oid)
        select n.nspname || '.' || c.relname
          from tree join pg_class c on c.oid = tree.oid join pg_namespace n on n.oid = c.relnamespace
         where c.relkind <> 'p'
        """;
    try {
      names.addAll(database.log(connection -> Jdbc.query(
          connection,
          sql,
          statement -> {
            statement.setString(1, plain);
            statement.setString(2, plain);
          },
          row -> row.getString(1))));
    } catch (SQLException e) {
      throw new RepriseException("the database cannot be read: " + e.getMessage(), e);
    }
    return names;
  }

  /** Without the quotes of SQL; as it is where it is no name of SQL. */
  static String plain(String given) {
    var parts = PARTS.matcher(given);
    if (!parts.matches()) {
      return given;
    }
    var schema = parts.group(1);
    return (schema == null ? "" : unquoted(schema) + ".") + unquoted(parts.group(3));
  }

  private static String unquoted(String part) {
    var quoted = QUOTED.matcher(part);
    return quoted.matches() ? quoted.group(1).replace("\"\"", "\"") : part;
  }
}
