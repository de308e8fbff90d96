package dev.reprise.debugger.rebuild;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Rules that rows had to keep only later: NOT NULL of columns, and what domains demand. They are taken away while older
 * rows are loaded and changed, and come back behind the last change. For one session with autocommit off.
 */
final class Loosened {
  private static final String NOT_NULL = """
      select format('alter table %I.%I alter column %I drop not null', n.nspname, c.relname, a.attname),
        format('column %I.%I.%I', n.nspname, c.relname, a.attname),
        format('alter table %I.%I alter column %I set not null', n.nspname, c.relname, a.attname)
      from pg_attribute a
      join pg_class c on c.oid = a.attrelid
      join pg_namespace n on n.oid = c.relnamespace
      where a.attnotnull and a.attnum > 0 and not a.attisdropped and a.attidentity = ''
        and c.relkind in ('r', 'p') and c.relpersistence <> 't' and n.nspname !~ '^pg_'
        and n.nspname not in ('information_schema', 'reprise_rebuild')
      -- of a child it goes with the parent's
      order by exists (select from pg_inherits h where h.inhrelid = c.oid), c.oid, a.attnum
      """;

  private static final String DOMAIN_CHECKS = """
      select format('alter domain %s drop constraint %I', t.oid::regtype, k.conname),
        format('domain %s', t.oid::regtype),
        format('alter domain %s add constraint %I %s', t.oid::regtype, k.conname, pg_get_constraintdef(k.oid))
      from pg_constraint k
      join pg_type t on t.oid = k.contypid
      join pg_namespace n on n.oid = t.typnamespace
      where k.contype = 'c' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      order by k.oid
      """;

  private static final String DOMAIN_NOT_NULL = """
      select format('alter domain %1$s drop not null', t.oid::regtype), format('domain %s', t.oid::regtype),
        format('alter domain %1$s set not null', t.oid::regtype)
      from pg_type t
      join pg_namespace n on n.oid = t.typnamespace
      where t.typtype = 'd' and t.typnotnull and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      order by t.oid
      """;

  private record Rule(String loosen, String object, String fasten) {}

  private final Connection connection;
  private final List<Rule> taken = new ArrayList<>();

  /** Takes them away. */
  Loosened(Connection connection) throws SQLException {
    this.connection = connection;
    for (String query : List.of(NOT_NULL, DOMAIN_CHECKS, DOMAIN_NOT_NULL)) {
      for (Rule rule : Jdbc.query(
          connection,
          query,
          Binder.NOTHING,
          row -> new Rule(row.getString(1), row.getString(2), row.getString(3)))) {
        // What a parent demands cannot be taken from its child.
        if (SchemaBuilder.tried(connection, rule.loosen()) == null) {
          taken.add(rule);
        }
      }
    }
  }

  /** Gives them back, as far as the rows keep them. */
  void fasten(Scratch scratch) throws SQLException {
    for (Rule rule : taken) {
      SQLException failure = SchemaBuilder.tried(connection, rule.fasten());
      if (failure != null) {
        scratch.note("the " + rule.object() + " demands less than in production: \"" + rule.fasten()
            + "\" is refused: " + failure.getMessage());
      }
    }
    taken.clear();
  }
}
