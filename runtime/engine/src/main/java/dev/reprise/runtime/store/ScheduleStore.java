package dev.reprise.runtime.store;

import dev.reprise.ExecutionStatus;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.store.LogWrite.Birth;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The schedules, and the executions that they start. Each method is one transaction. Thread-safe. */
public final class ScheduleStore {
  /** So many are looked at at once. */
  private static final int MOST = 200;

  private static final String COLUMNS = """
      s.name, s.version, s.cron, s.zone, s.missed, s.overlap, s.takes_time,
      (extract(epoch from s.timeout) * 1000000)::bigint as timeout, s.next_at, s.paused_at, s.last_at, s.last_execution,
      s.last_id""";

  /** Whether somebody would run it: with {@code s} the schedule. */
  static final String DEPLOYED = """
      case when exists (select from reprise.deployments d where d.version = s.version)
           then exists (select from reprise.deployments d where d.version = s.version and d.activated_at is not null)
           else exists (select from reprise.nodes n
                         where n.state <> 'DEAD'
                           and (n.version = s.version or s.version is null and s.name = any(n.functions))) end""";

  private final LogDatabase database;
  private final DatabaseClock clock;
  private final Supplier<UUID> ids;

  /**
   * On this database, with the times of {@code clock}.
   *
   * @param ids makes internal ids of executions
   */
  public ScheduleStore(LogDatabase database, DatabaseClock clock, Supplier<UUID> ids) {
    this.database = database;
    this.clock = clock;
    this.ids = ids;
  }

  /**
   * What the code says of a schedule.
   *
   * @param ofDeployment whether {@code version} is a deployment, which counts only while it is active
   * @param firstAt its first nominal time from now on, for a schedule that is new or has other times
   */
  public record Declaration( // tidy: what goes into a row
      String name,
      @Nullable String version,
      boolean ofDeployment,
      String cron,
      String zone,
      String missed,
      String overlap,
      boolean takesTime,
      @Nullable Duration timeout,
      Instant firstAt) {}

  /** The time by which schedules live. */
  public Instant now() {
    return database.log(this::now);
  }

  private Instant now(Connection connection) throws SQLException {
    return Jdbc.queryOne(
            connection,
            "select clock_timestamp() + ? * interval '1 microsecond' as now",
            statement -> new Columns(statement).add(clock.offsetMicros()),
            row -> ExecutionReader.instant(row, "now"))
        .orElseThrow();
  }

  /**
   * Notes what the code says. Times that are the same go on as they are, paused or not; what another deployment says than
   * the active one is left out.
   */
  public void declare(List<Declaration> declarations) {
    // in one order on all nodes, so that two that start at once do not deadlock
    var sorted = declarations.stream()
        .sorted((one, other) -> one.name().compareTo(other.name()))
        .toList();
    database.log(connection -> {
      for (var declaration : sorted) {
        if (isActive(connection, declaration)) {
          declare(connection, declaration);
        }
      }
      return sorted.size();
    });
  }

  /** Holds an active deployment active until the end of the transaction. */
  private static boolean isActive(Connection connection, Declaration declaration)
      throws SQLException {
    return !declaration.ofDeployment()
        || !Jdbc.query(
                connection,
                "select version from reprise.deployments where version = ? and activated_at is not null for share",
                statement -> statement.setString(1, declaration.version()),
                row -> row.getString(1))
            .isEmpty();
  }

  private void declare(Connection connection, Declaration declaration) throws SQLException {
    var sql = """
        insert into reprise.schedules as known (name, version, cron, zone, missed, overlap, takes_time, timeout, next_at,
               declared_at)
        values (?, ?, ?, ?, ?, ?, ?, ?::bigint * interval '1 microsecond', ?,
               clock_timestamp() + ?::bigint * interval '1 microsecond')
        on conflict (name) do update
           set version = excluded.version, cron = excluded.cron, zone = excluded.zone, missed = excluded.missed,
               overlap = excluded.overlap, takes_time = excluded.takes_time, timeout = excluded.timeout,
               declared_at = excluded.declared_at,
               next_at = case when (known.cron, known.zone) = (excluded.cron, excluded.zone)
                              then known.next_at else excluded.next_at end
         where (known.version, known.cron, known.zone, known.missed, known.overlap, known.takes_time, known.timeout)
               is distinct from (excluded.version, excluded.cron, excluded.zone, excluded.missed, excluded.overlap,
               excluded.takes_time, excluded.timeout)
        """;
    Jdbc.update(connection, sql, statement -> {
      statement.setString(1, declaration.name());
      statement.setString(2, declaration.version());
      statement.setString(3, declaration.cron());
      statement.setString(4, declaration.zone());
      statement.setString(5, declaration.missed());
      statement.setString(6, declaration.overlap());
      statement.setBoolean(7, declaration.takesTime());
      statement.setObject(
          8,
          declaration.timeout() == null
              ? null
              : declaration.timeout().dividedBy(ChronoUnit.MICROS.getDuration()));
      Births.setInstant(statement, 9, declaration.firstAt());
      statement.setLong(10, clock.offsetMicros());
    });
  }

  /**
   * Removes schedules of functions that an embedded application still has, and schedules no longer.
   *
   * @param version of the application; null where executions are not pinned
   * @param functions the functions without a schedule
   * @return the schedules that there were
   */
  public List<String> drop(@Nullable String version, List<String> functions) {
    var sql = """
        delete from reprise.schedules where version is not distinct from ? and name = any(?) returning name
        """;
    return database.log(connection -> Jdbc.query(
        connection,
        sql,
        statement -> {
          statement.setString(1, version);
          statement.setArray(2, connection.createArrayOf("text", functions.toArray()));
        },
        row -> row.getString(1)));
  }

  /** All, by name. */
  public List<ScheduleRow> list() {
    var sql = "select %s, %s as deployed from reprise.schedules s order by name"
        .formatted(COLUMNS, DEPLOYED);
    return database.log(
        connection -> Jdbc.query(connection, sql, statement -> {}, ScheduleStore::read));
  }

  /**
   * What comes next.
   *
   * @param at the time by which schedules live
   * @param schedules those that are neither paused nor without a function, the first to come first; not all, where there
   *     are many
   */
  public record Upcoming(Instant at, List<ScheduleRow> schedules) {}

  /** What comes next, and what is due. */
  public Upcoming upcoming() {
    var sql = """
        select %s, true as deployed from reprise.schedules s
         where s.paused_at is null and %s order by s.next_at, s.name limit ?
        """.formatted(COLUMNS, DEPLOYED);
    return database.log(connection -> {
      var schedules =
          Jdbc.query(connection, sql, statement -> statement.setInt(1, MOST), ScheduleStore::read);
      return new Upcoming(now(connection), schedules);
    });
  }

  /**
   * An execution to start.
   *
   * @param nominal what the function gets as its time
   * @param id the public id
   */
  public record Start(Instant nominal, String id) {}

  /**
   * Starts executions and advances the schedule behind them, or does nothing where another node did so, or the schedule was
   * paused or changed meanwhile. An execution that exists already is not started again.
   *
   * @param seen the schedule as the times were reckoned from
   * @param nextAt its next nominal time
   * @return whether this node did it
   */
  public boolean start(ScheduleRow seen, List<Start> starts, Instant nextAt) {
    var sql = """
        update reprise.schedules s set next_at = ?
         where name = ? and next_at = ? and cron = ? and zone = ? and version is not distinct from ?
           and paused_at is null and %s
        returning name
        """.formatted(DEPLOYED);
    return database.log(connection -> {
      var advanced = Jdbc.query(
          connection,
          sql,
          statement -> {
            Births.setInstant(statement, 1, nextAt);
            statement.setString(2, seen.name());
            Births.setInstant(statement, 3, seen.nextAt());
            statement.setString(4, seen.cron());
            statement.setString(5, seen.zone());
            statement.setString(6, seen.version());
          },
          row -> row.getString(1));
      if (advanced.isEmpty()) {
        return false;
      }
      var last = seen.lastExecution();
      for (var start : starts) {
        if (seen.overlap().equals("ALLOW") || last == null || hasEnded(connection, last)) {
          last = start(connection, seen, start).orElse(last);
        }
      }
      return true;
    });
  }

  private static boolean hasEnded(Connection connection, UUID execution) throws SQLException {
    return Jdbc.query(
            connection,
            "select id from reprise.executions where execution = ? and completed_at is null",
            statement -> statement.setObject(1, execution),
            row -> row.getString(1))
        .isEmpty();
  }

  private Optional<UUID> start(Connection connection, ScheduleRow schedule, Start start)
      throws SQLException {
    var created = now(connection);
    var execution = new NewExecution(
        ids.get(),
        start.id(),
        "",
        schedule.name(),
        FunctionKind.WORKFLOW,
        schedule.version(),
        Json.write(schedule.takesTime() ? List.of(start.nominal().toString()) : List.of()),
        created,
        schedule.timeout() == null ? null : created.plus(schedule.timeout()),
        null,
        null,
        Map.of(),
        null,
        Placement.NONE);
    var birth = new Birth(execution, ExecutionStatus.PENDING, null);
    if (Births.insert(connection, List.of(birth), clock.offsetMicros()).isEmpty()) {
      return Optional.empty();
    }
    Jdbc.update(
        connection,
        "update reprise.schedules set last_at = ?, last_execution = ?, last_id = ? where name = ?",
        statement -> {
          statement.setObject(1, start.nominal().atOffset(ZoneOffset.UTC));
          statement.setObject(2, execution.execution());
          statement.setString(3, start.id());
          statement.setString(4, schedule.name());
        });
    return Optional.of(execution.execution());
  }

  /**
   * Starts an execution out of turn, also of a paused schedule.
   *
   * @return the schedule as it was; nothing was started where its function is not deployed. Empty where there is no such schedule
   */
  public Optional<ScheduleRow> trigger(String name, Start start) {
    return database.log(connection -> {
      var found = lock(connection, name);
      if (found.isPresent() && found.get().deployed()) {
        var unused = start(connection, found.get(), start);
      }
      return found;
    });
  }

  /** Starts nothing from now on; empty where there is no such schedule. */
  public Optional<ScheduleRow> pause(String name) {
    var sql = """
        update reprise.schedules set paused_at = clock_timestamp() + ? * interval '1 microsecond'
         where name = ? and paused_at is null
        """;
    return database.log(connection -> {
      Jdbc.update(
          connection,
          sql,
          statement -> new Columns(statement).add(clock.offsetMicros()).add(name));
      return lock(connection, name);
    });
  }

  /**
   * Ends a pause; without effect where there is none.
   *
   * @param next what comes next of the schedule at a time
   * @return the schedule now; empty where there is none of this name
   */
  public Optional<ScheduleRow> resume(String name, BiFunction<ScheduleRow, Instant, Instant> next) {
    return database.log(connection -> {
      var found = lock(connection, name);
      if (found.isEmpty() || found.get().pausedAt() == null) {
        return found;
      }
      var nextAt = next.apply(found.get(), now(connection));
      Jdbc.update(
          connection,
          "update reprise.schedules set paused_at = null, next_at = ? where name = ?",
          statement -> {
            Births.setInstant(statement, 1, nextAt);
            statement.setString(2, name);
          });
      return lock(connection, name);
    });
  }

  private static Optional<ScheduleRow> lock(Connection connection, String name)
      throws SQLException {
    var sql = "select %s, %s as deployed from reprise.schedules s where name = ? for update of s"
        .formatted(COLUMNS, DEPLOYED);
    return Jdbc.queryOne(
        connection, sql, statement -> statement.setString(1, name), ScheduleStore::read);
  }

  private static ScheduleRow read(ResultSet row) throws SQLException {
    long timeout = row.getLong("timeout");
    return new ScheduleRow(
        row.getString("name"),
        row.getString("version"),
        row.getString("cron"),
        row.getString("zone"),
        row.getString("missed"),
        row.getString("overlap"),
        row.getBoolean("takes_time"),
        timeout == 0 ? null : Duration.of(timeout, ChronoUnit.MICROS),
        ExecutionReader.instant(row, "next_at"),
        ExecutionReader.nullableInstant(row, "paused_at"),
        ExecutionReader.nullableInstant(row, "last_at"),
        row.getObject("last_execution", UUID.class),
        row.getString("last_id"),
        row.getBoolean("deployed"));
  }
}
