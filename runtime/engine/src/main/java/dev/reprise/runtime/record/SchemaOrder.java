package dev.reprise.runtime.record;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts statements into an order in which they run: what something depends on, by pg_depend, goes first; else kind by kind,
 * and by name. What depends on something that is made after the rows is made after the rows too.
 */
final class SchemaOrder {
  /** Objects of the user; those of the server need no order. */
  private static final String DEPENDENCIES = """
      select distinct classid::bigint, objid::bigint, refclassid::bigint, refobjid::bigint
      from pg_catalog.pg_depend
      where objid >= 16384 and refobjid >= 16384 and deptype <> 'e'
      """;

  /** What is made by the statement of something else. */
  private static final String PARTS_OF_OTHERS = """
      select 'pg_type'::regclass::oid::bigint, c.reltype::bigint, 'pg_class'::regclass::oid::bigint, c.oid::bigint
      from pg_catalog.pg_class c where c.reltype <> 0
      union all
      select 'pg_type'::regclass::oid::bigint, t.typarray::bigint, 'pg_type'::regclass::oid::bigint, t.oid::bigint
      from pg_catalog.pg_type t where t.typarray <> 0
      union all
      select 'pg_type'::regclass::oid::bigint, (to_jsonb(r) ->> 'rngmultitypid')::bigint,
        'pg_type'::regclass::oid::bigint, r.rngtypid::bigint
      from pg_catalog.pg_range r where to_jsonb(r) ->> 'rngmultitypid' is not null
      union all
      select 'pg_attrdef'::regclass::oid::bigint, d.oid::bigint, 'pg_class'::regclass::oid::bigint, d.adrelid::bigint
      from pg_catalog.pg_attrdef d
      join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
      where a.attgenerated <> ''
      union all
      select 'pg_rewrite'::regclass::oid::bigint, r.oid::bigint, 'pg_class'::regclass::oid::bigint, r.ev_class::bigint
      from pg_catalog.pg_rewrite r where r.rulename = '_RETURN'
      union all
      select 'pg_constraint'::regclass::oid::bigint, k.oid::bigint, 'pg_type'::regclass::oid::bigint, k.contypid::bigint
      from pg_catalog.pg_constraint k where k.contypid <> 0
      union all
      select 'pg_constraint'::regclass::oid::bigint, k.oid::bigint, 'pg_class'::regclass::oid::bigint, k.conrelid::bigint
      from pg_catalog.pg_constraint k where k.contype = 'n' and k.conrelid <> 0
      union all
      select 'pg_class'::regclass::oid::bigint, k.conindid::bigint, 'pg_constraint'::regclass::oid::bigint, k.oid::bigint
      from pg_catalog.pg_constraint k where k.contype in ('p', 'u', 'x')
      union all
      select 'pg_class'::regclass::oid::bigint, d.objid::bigint, 'pg_class'::regclass::oid::bigint, d.refobjid::bigint
      from pg_catalog.pg_depend d
      join pg_catalog.pg_class c on c.oid = d.objid and c.relkind = 'S'
      where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype = 'i'
      """;

  private static final Comparator<SchemaStatement> BY_KIND_AND_NAME = Comparator.comparingInt(
          SchemaStatement::rank)
      .thenComparing(SchemaStatement::object)
      .thenComparing(SchemaStatement::sql);

  private final Map<SchemaStatement.Key, SchemaStatement> statements = new LinkedHashMap<>();
  private final Map<SchemaStatement.Key, Set<SchemaStatement.Key>> needs = new HashMap<>();

  void addAll(Collection<SchemaStatement> added) {
    for (SchemaStatement statement : added) {
      statements.put(statement.key(), statement);
    }
  }

  void addDependencies(Connection connection) throws SQLException {
    Map<SchemaStatement.Key, SchemaStatement.Key> wholes = new HashMap<>();
    for (var part : pairs(connection, PARTS_OF_OTHERS)) {
      wholes.put(part.get(0), part.get(1));
    }
    for (var dependency : pairs(connection, DEPENDENCIES)) {
      SchemaStatement.Key from = statementOf(dependency.get(0), wholes);
      SchemaStatement.Key to = statementOf(dependency.get(1), wholes);
      if (from != null && to != null) {
        add(from, to);
      }
    }
    for (SchemaStatement.Key key : statements.keySet()) {
      if (key.step() > 0) {
        add(key, new SchemaStatement.Key(key.catalog(), key.oid(), 0));
      }
    }
  }

  private static List<List<SchemaStatement.Key>> pairs(Connection connection, String sql)
      throws SQLException {
    return Jdbc.query(
        connection,
        sql,
        Binder.NOTHING,
        row -> List.of(
            new SchemaStatement.Key(row.getLong(1), row.getLong(2), 0),
            new SchemaStatement.Key(row.getLong(3), row.getLong(4), 0)));
  }

  private SchemaStatement.@Nullable Key statementOf(
      SchemaStatement.Key object, Map<SchemaStatement.Key, SchemaStatement.Key> wholes) {
    SchemaStatement.Key at = object;
    while (at != null && !statements.containsKey(at)) {
      at = wholes.get(at);
    }
    return at;
  }

  private void add(SchemaStatement.Key from, SchemaStatement.Key to) {
    if (!from.equals(to) && statements.containsKey(to)) {
      needs.computeIfAbsent(from, key -> new HashSet<>()).add(to);
      // What is filled from something else is filled after it.
      SchemaStatement.Key fill = new SchemaStatement.Key(from.catalog(), from.oid(), 1);
      SchemaStatement.Key filledBefore = new SchemaStatement.Key(to.catalog(), to.oid(), 1);
      if (from.step() == 0 && isRefresh(fill) && isRefresh(filledBefore)) {
        needs.computeIfAbsent(fill, key -> new HashSet<>()).add(filledBefore);
      }
    }
  }

  private boolean isRefresh(SchemaStatement.Key key) {
    SchemaStatement statement = statements.get(key);
    return statement != null && statement.rank() == SchemaParts.REFRESH;
  }

  List<SchemaStatement> sorted() {
    Map<SchemaStatement.Key, Set<SchemaStatement.Key>> users = new HashMap<>();
    needs.forEach((user, used) ->
        used.forEach(one -> users.computeIfAbsent(one, key -> new HashSet<>()).add(user)));
    postpone(users);
    Map<SchemaStatement.Key, Integer> waiting = new HashMap<>();
    var ready = new PriorityQueue<SchemaStatement>(BY_KIND_AND_NAME);
    for (SchemaStatement statement : statements.values()) {
      int open = needs.getOrDefault(statement.key(), Set.of()).size();
      waiting.put(statement.key(), open);
      if (open == 0) {
        ready.add(statement);
      }
    }
    var sorted = new ArrayList<SchemaStatement>();
    while (!waiting.isEmpty()) {
      SchemaStatement next = ready.isEmpty() ? firstOfACycle(waiting.keySet()) : ready.remove();
      if (waiting.remove(next.key()) == null) {
        continue;
      }
      sorted.add(next);
      for (SchemaStatement.Key user : users.getOrDefault(next.key(), Set.of())) {
        Integer left = waiting.computeIfPresent(user, (key, open) -> open - 1);
        if (left != null && left == 0) {
          ready.add(statement(user));
        }
      }
    }
    return sorted;
  }

  /** Views that group by a primary key want the key, and others may want such views. */
  private void postpone(Map<SchemaStatement.Key, Set<SchemaStatement.Key>> users) {
    var late = new ArrayList<SchemaStatement.Key>();
    statements.values().stream()
        .filter(SchemaStatement::afterRows)
        .forEach(statement -> late.add(statement.key()));
    for (int i = 0; i < late.size(); i++) {
      for (SchemaStatement.Key user : users.getOrDefault(late.get(i), Set.of())) {
        SchemaStatement statement = statement(user);
        if (!statement.afterRows()) {
          statements.put(user, statement.postponed());
          late.add(user);
        }
      }
    }
  }

  private SchemaStatement firstOfACycle(Set<SchemaStatement.Key> keys) {
    return keys.stream().map(this::statement).min(BY_KIND_AND_NAME).orElseThrow();
  }

  private SchemaStatement statement(SchemaStatement.Key key) {
    SchemaStatement statement = statements.get(key);
    if (statement == null) {
      throw new IllegalStateException("no statement for " + key);
    }
    return statement;
  }
}
