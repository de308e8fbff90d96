package dev.reprise.debugger.rebuild;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Columns GENERATED ALWAYS AS IDENTITY: an update may give them no value but the next one, which the history has as any
 * other. While changes are made they are BY DEFAULT.
 */
final class Identities {
  private static final String ALWAYS = """
      select format('alter table %I.%I alter column %I set generated ', n.nspname, c.relname, a.attname)
      from pg_attribute a
      join pg_class c on c.oid = a.attrelid
      join pg_namespace n on n.oid = c.relnamespace
      where a.attidentity = 'a' and not a.attisdropped and not c.relispartition
        and c.relkind in ('r', 'p') and c.relpersistence <> 't' and n.nspname !~ '^pg_'
        and n.nspname <> 'information_schema'
      order by c.oid, a.attnum
      """;

  private final Connection connection;
  private final List<String> changed;

  /** Has them take any value. */
  Identities(Connection connection) throws SQLException {
    this.connection = connection;
    this.changed = Jdbc.query(connection, ALWAYS, Binder.NOTHING, row -> row.getString(1));
    run("by default");
  }

  /** Makes them what they were. */
  void restore() throws SQLException {
    run("always");
  }

  private void run(String how) throws SQLException {
    for (String alter : changed) {
      Jdbc.update(connection, alter + how, Binder.NOTHING);
    }
  }
}
