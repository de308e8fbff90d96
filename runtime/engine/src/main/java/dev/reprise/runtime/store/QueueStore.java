package dev.reprise.runtime.store;

import dev.reprise.UnknownQueueException;
import dev.reprise.WorkQueue;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The queues, their limits, and how they fare. Thread-safe. */
public final class QueueStore {
  private static final int BLOCKED_SHOWN = 100;

  private final LogDatabase database;
  private volatile Set<String> known = Set.of();

  /** On this database. */
  public QueueStore(LogDatabase database) {
    this.database = database;
  }

  /**
   * Limits; null stands for none.
   *
   * @param concurrency in the whole cluster; with 0 nothing is started
   * @param perNode on each node
   * @param rate starts within {@code period}
   */
  public record Limits(
      @Nullable Integer concurrency,
      @Nullable Integer perNode,
      @Nullable Integer rate,
      @Nullable Duration period) {}

  /**
   * A partition that a parked or stranded execution holds up.
   *
   * @param id of the execution
   */
  public record Blocked(String partition, String id, String status) {}

  /**
   * A queue at one moment.
   *
   * @param changed whether the limits are others than in the code
   * @param waiting how many wait for their turn
   * @param delayed how many will, once their delay is over
   * @param running how many have a slot and run, or are about to
   * @param sleeping how many have a slot and wait
   * @param parked how many are parked or stranded
   * @param oldest since when the one waits that was put in first; null where nobody waits
   * @param blocked at most 100 partitions that are held up
   */
  public record Queue( // tidy: what is shown of a queue
      String name,
      Limits limits,
      boolean changed,
      long waiting,
      long delayed,
      long running,
      long sleeping,
      long parked,
      @Nullable Instant oldest,
      List<Blocked> blocked) {}

  /** Whether there are any, as of the last beat. */
  boolean any() {
    return !known.isEmpty();
  }

  /** Learns which there are. */
  void refresh(Connection connection) throws SQLException {
    known = Set.copyOf(Jdbc.query(
        connection, "select name from reprise.queues", statement -> {}, row -> row.getString(1)));
  }

  /**
   * Checks that a queue is declared.
   *
   * @throws UnknownQueueException naming those that are
   */
  public void require(@Nullable String name) {
    if (name == null || known.contains(name)) {
      return;
    }
    database.log(connection -> {
      refresh(connection);
      return true;
    });
    if (!known.contains(name)) {
      throw unknown(name);
    }
  }

  private UnknownQueueException unknown(String name) {
    return new UnknownQueueException("there is no queue " + name + "; "
        + (known.isEmpty()
            ? "none is declared"
            : "there are: " + String.join(", ", new TreeSet<>(known)))
        + ". Declare it with WorkQueue.named(\"" + name + "\")");
  }

  /** Makes queues as the code declares them. Limits that were changed at run time stay where the declaration is the same. */
  public void declare(Collection<WorkQueue> queues) {
    if (queues.isEmpty()) {
      return;
    }
    var sql = """
        insert into reprise.queues as q (name, concurrency, per_node, rate, period, declaration, changed_at)
        values (?, ?, ?, ?, ? * interval '1 microsecond', ?, clock_timestamp())
        on conflict (name) do update
           set concurrency = excluded.concurrency, per_node = excluded.per_node, rate = excluded.rate,
               period = excluded.period, declaration = excluded.declaration, changed_at = excluded.changed_at
         where q.declaration is distinct from excluded.declaration
        """;
    database.log(connection -> {
      // in one order, for two nodes that start at once
      for (var queue :
          queues.stream().sorted(Comparator.comparing(WorkQueue::name)).toList()) {
        var limits = new Limits(queue.concurrency(), queue.perNode(), queue.rate(), queue.period());
        Jdbc.update(connection, sql, statement -> {
          statement.setString(1, queue.name());
          bind(statement, 2, limits);
          statement.setString(6, queue.toString());
        });
      }
      refresh(connection);
      return true;
    });
  }

  /**
   * Sets the limits, until the declaration in the code changes.
   *
   * @throws UnknownQueueException there is no such queue
   */
  public void change(String name, Limits limits) {
    var sql = """
        update reprise.queues
           set concurrency = ?, per_node = ?, rate = ?, period = ? * interval '1 microsecond',
               changed_at = clock_timestamp()
         where name = ?
        """;
    int changed = database.log(connection -> Jdbc.update(connection, sql, statement -> {
      bind(statement, 1, limits);
      statement.setString(5, name);
    }));
    if (changed == 0) {
      throw unknown(name);
    }
  }

  private static void bind(PreparedStatement statement, int from, Limits limits)
      throws SQLException {
    statement.setObject(from, limits.concurrency(), Types.INTEGER);
    statement.setObject(from + 1, limits.perNode(), Types.INTEGER);
    statement.setObject(from + 2, limits.rate(), Types.INTEGER);
    var period = limits.period();
    statement.setObject(
        from + 3, period == null ? null : (Long) (period.toNanos() / 1000), Types.BIGINT);
  }

  /** All of them, by name. */
  public List<Queue> list() {
    return read(null);
  }

  /** One of them. */
  public Optional<Queue> find(String name) {
    return read(name).stream().findFirst();
  }

  private List<Queue> read(@Nullable String name) {
    var sql = """
        select q.name, q.concurrency, q.per_node, q.rate, (extract(epoch from q.period) * 1000000)::bigint as period,
               q.declaration, l.waiting, l.oldest, d.delayed, s.running, s.sleeping, s.parked,
               array(select array[e.partition, e.id, e.status::text] from reprise.executions e
                      where e.queue = q.name and e.completed_at is null
                        and (e.started_at is not null or e.status = 'STRANDED')
                        and e.partition is not null and e.status in ('PARKED', 'STRANDED')
                      order by e.partition limit %d) as blocked
          from reprise.queues q,
               lateral (select count(*) as waiting, min(e.queued_at) as oldest from reprise.executions e
                         where e.queue = q.name and %s) l,
               lateral (select count(*) as delayed from reprise.executions e
                         where e.queue = q.name and e.started_at is null and e.status = 'PENDING'
                           and e.wake_at is not null) d,
               lateral (select count(*) filter (where e.status in ('PENDING', 'RUNNING')) as running,
                               count(*) filter (where e.status = 'WAITING') as sleeping,
                               count(*) filter (where e.status in ('PARKED', 'STRANDED')) as parked
                          from reprise.executions e
                         where e.queue = q.name and e.completed_at is null
                           and (e.started_at is not null or e.status = 'STRANDED')) s
         where ?::text is null or q.name = ?
         order by q.name
        """.formatted(BLOCKED_SHOWN, Dequeue.IN_LINE);
    return database.log(connection -> Jdbc.query(
        connection,
        sql,
        statement -> {
          statement.setString(1, name);
          statement.setString(2, name);
        },
        QueueStore::queue));
  }

  private static Queue queue(ResultSet row) throws SQLException {
    var name = row.getString("name");
    var micros = row.getObject("period", Long.class);
    var limits = new Limits(
        row.getObject("concurrency", Integer.class),
        row.getObject("per_node", Integer.class),
        row.getObject("rate", Integer.class),
        micros == null ? null : Duration.ofNanos(micros * 1000));
    var blocked = List.of((Object[]) row.getArray("blocked").getArray()).stream()
        .map(one -> (String[]) one)
        .map(one -> new Blocked(one[0], one[1], one[2]))
        .toList();
    return new Queue(
        name,
        limits,
        !String.valueOf(row.getString("declaration")).equals(declaration(name, limits)),
        row.getLong("waiting"),
        row.getLong("delayed"),
        row.getLong("running"),
        row.getLong("sleeping"),
        row.getLong("parked"),
        ExecutionReader.nullableInstant(row, "oldest"),
        blocked);
  }

  /** How a declaration of these limits reads. */
  private static String declaration(String name, Limits limits) {
    var queue = WorkQueue.named(name);
    Integer concurrency = limits.concurrency();
    if (concurrency != null) {
      if (concurrency < 1) {
        return "";
      }
      queue = queue.concurrency(concurrency);
    }
    Integer perNode = limits.perNode();
    if (perNode != null) {
      if (perNode < 1) {
        return "";
      }
      queue = queue.perNode(perNode);
    }
    Integer rate = limits.rate();
    Duration period = limits.period();
    return (rate == null || period == null ? queue : queue.rate(rate, period)).toString();
  }
}
