package dev.reprise.runtime.store;

import dev.reprise.runtime.postgres.Jdbc;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The functions that nodes serve, as {@code reprise.start} finds them. Thread-safe. */
public final class FunctionStore {
  private final LogDatabase database;

  /** On this database. */
  public FunctionStore(LogDatabase database) {
    this.database = database;
  }

  /**
   * A function that takes new calls.
   *
   * @param version null for an application without one
   * @param timeout of a workflow; null for none
   */
  public record Served(
      String name,
      @Nullable String version,
      FunctionKind kind,
      @Nullable Duration timeout) {}

  /** Tells what this node serves. */
  public void announce(List<Served> functions) {
    if (functions.isEmpty()) {
      return;
    }
    var sql = """
        insert into reprise.functions as f (name, version, kind, timeout, announced_at)
        select name, coalesce(version, ''), kind::reprise.function_kind, timeout * interval '1 microsecond', clock_timestamp()
          from unnest(?::text[], ?::text[], ?::text[], ?::bigint[]) as row (name, version, kind, timeout)
        on conflict (name, version) do update
           set kind = excluded.kind, timeout = excluded.timeout, announced_at = excluded.announced_at
        """;
    // in one order, for two nodes that start at once
    var sorted = functions.stream().sorted(Comparator.comparing(Served::name)).toList();
    database.log(connection -> Jdbc.update(
        connection,
        sql,
        statement -> new Columns(statement)
            .add("text", sorted, Served::name)
            .add("text", sorted, Served::version)
            .add("text", sorted, function -> function.kind().label())
            .add(
                "bigint",
                sorted,
                function ->
                    function.timeout() == null ? null : function.timeout().toNanos() / 1000)));
  }
}
