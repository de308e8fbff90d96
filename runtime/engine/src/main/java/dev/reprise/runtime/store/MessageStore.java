package dev.reprise.runtime.store;

import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.store.JointWrite.Reason;
import dev.reprise.runtime.store.JointWrite.Refused;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The messages to executions. A message is accepted under the lock of its receiver's row, from whose count of signals it
 * gets its number: so the order of acceptance is the order of numbers, and no wake-up is lost. Thread-safe.
 */
public final class MessageStore {
  /** The longest message, event or answer, in characters of its JSON. */
  public static final int LONGEST = 16 << 20;

  private static final String ACCEPT = """
      with receiver as (
          select e.execution, coalesce(e.lineage, e.execution) as lineage, e.completed_at is not null as ended
            from reprise.executions e where e.id = ?
             for no key update),
        sent as (
          select clock_timestamp() + ? * interval '1 microsecond' as now, ? * interval '1 microsecond' as delay,
                 ?::text as topic, ?::text as sender, ?::bigint as content, ?::text as message
          offset 0),
        known as (
          select m.sequence, m.content from reprise.messages m join receiver using (lineage) join sent using (sender)),
        counted as (
          update reprise.executions e
             set signals = e.signals + 1,
                 -- whom the message concerns is woken, at once or when it becomes visible
                 status = case when e.status = 'WAITING' and topic = any(e.receives) and delay = '0'
                          then 'PENDING' else e.status end,
                 wake_at = case when e.status = 'WAITING' and topic = any(e.receives)
                           then least(e.wake_at, now + delay) else e.wake_at end
            from receiver r, sent
           where e.execution = r.execution and not r.ended and not exists (select from known)
          returning e.signals as sequence),
        written as (
          insert into reprise.messages (lineage, sequence, accepted_at, visible_at, content, topic, sender, message)
          select lineage, sequence, now, case when delay > '0' then now + delay end, content, topic, sender, message
            from receiver, counted, sent
          on conflict do nothing
          returning sequence, visible_at)
      select r.execution, r.ended, coalesce(k.sequence, w.sequence) as sequence, w.visible_at,
             k.sequence is not null as repeated, coalesce(k.content = sent.content, true) as same
        from receiver r cross join sent left join known k on true left join written w on true
      """;

  private final LogDatabase database;
  private final DatabaseClock clock;

  /** On this database, with the times of {@code clock}. */
  public MessageStore(LogDatabase database, DatabaseClock clock) {
    this.database = database;
    this.clock = clock;
  }

  /**
   * A message that is to be sent.
   *
   * @param to the id of the receiver
   * @param key by which a repetition is known; null where each is a message of its own
   */
  public record Outgoing(
      String to,
      String topic,
      String json,
      Duration delay,
      @Nullable String key) {
    long content() {
      return JsonCodec.hash(topic + " " + json);
    }
  }

  /**
   * A message that was accepted.
   *
   * @param receiver the internal id of the receiver
   * @param repeated whether it was accepted before, under the same key
   * @param same false where the message of that key is another one
   */
  public record Accepted(
      UUID receiver, int sequence, @Nullable Instant visibleAt, boolean repeated, boolean same) {}

  /** A message that waits to be received. */
  public record Pending(int sequence, String json) {}

  /**
   * Messages of a topic.
   *
   * @param visible the first of those that can be received now, in order
   * @param next when a delayed one can be received; null for none
   */
  public record Batch(List<Pending> visible, @Nullable Instant next) {}

  /** What was answered to a message: one of both is null; both are where it is not answered yet. */
  public record Answer(@Nullable String reply, @Nullable String refusal) {
    /** Whether there is one. */
    public boolean isGiven() {
      return reply != null || refusal != null;
    }
  }

  /**
   * Accepts a message from outside.
   *
   * @throws Refused the receiver is unknown or has ended
   */
  public Accepted accept(Outgoing message) {
    return database.log(connection -> accept(connection, message));
  }

  /** The same within a transaction. */
  public Accepted accept(Connection connection, Outgoing message) throws SQLException {
    // looked up again: the execution may have just gone on as a new one, or the key have been
    // accepted meanwhile
    for (int look = 1; ; look++) {
      var offered = offer(connection, message);
      if (offered.isPresent() && offered.get().accepted != null) {
        return offered.get().accepted;
      }
      if (look >= 3) {
        throw new Refused(
            offered.isEmpty() || !offered.get().ended ? Reason.UNKNOWN : Reason.ENDED);
      }
    }
  }

  private record Offered(boolean ended, @Nullable Accepted accepted) {}

  private Optional<Offered> offer(Connection connection, Outgoing message) throws SQLException {
    return Jdbc.queryOne(
        connection,
        ACCEPT,
        statement -> {
          statement.setString(1, message.to());
          statement.setLong(2, clock.offsetMicros());
          statement.setLong(3, message.delay().toNanos() / 1000);
          statement.setString(4, message.topic());
          statement.setString(5, message.key());
          statement.setLong(6, message.content());
          statement.setString(7, message.json());
        },
        row -> {
          int sequence = row.getInt("sequence");
          boolean taken = !row.wasNull();
          return new Offered(
              row.getBoolean("ended"),
              taken
                  ? new Accepted(
                      row.getObject("execution", UUID.class),
                      sequence,
                      ExecutionReader.nullableInstant(row, "visible_at"),
                      row.getBoolean("repeated"),
                      row.getBoolean("same"))
                  : null);
        });
  }

  /** The messages of a topic that the execution has not received, at most so many. */
  public Batch pending(UUID execution, String topic, int atMost) {
    var sql = """
        select m.sequence, m.message from reprise.messages m
         where m.lineage = (select coalesce(e.lineage, e.execution) from reprise.executions e where e.execution = ?)
           and m.topic = ? and m.consumed_at is null
           and (m.visible_at is null or m.visible_at <= clock_timestamp() + ? * interval '1 microsecond')
         order by m.sequence limit ?
        """;
    var later = """
        select min(m.visible_at) as next from reprise.messages m
         where m.lineage = (select coalesce(e.lineage, e.execution) from reprise.executions e where e.execution = ?)
           and m.topic = ? and m.consumed_at is null and m.visible_at is not null
        """;
    return database.log(connection -> {
      // first when the next is due: one that becomes visible in between is then among the visible
      var next = Jdbc.query(
          connection,
          later,
          statement -> new Columns(statement).add(execution).add(topic),
          row -> Optional.ofNullable(ExecutionReader.nullableInstant(row, "next")));
      var visible = Jdbc.query(
          connection,
          sql,
          statement -> new Columns(statement)
              .add(execution)
              .add(topic)
              .add(clock.offsetMicros())
              .add(atMost),
          row -> new Pending(row.getInt(1), row.getString(2)));
      return new Batch(visible, next.get(0).orElse(null));
    });
  }

  /**
   * Marks a message as received, once.
   *
   * @throws Refused another runner has it
   */
  public boolean consume(Connection connection, UUID execution, int sequence, Position receipt)
      throws SQLException {
    var sql = """
        update reprise.messages m
           set consumed_at = clock_timestamp() + ? * interval '1 microsecond', consumer = e.execution, receipt = ?,
               message = null
          from reprise.executions e
         where e.execution = ? and m.lineage = coalesce(e.lineage, e.execution) and m.sequence = ?
           and m.consumed_at is null
        """;
    int changed = Jdbc.update(
        connection,
        sql,
        statement -> new Columns(statement)
            .add(clock.offsetMicros())
            .add(receipt.toString())
            .add(execution)
            .add(sequence));
    if (changed != 1) {
      throw new Refused(Reason.LOST_RACE);
    }
    return true;
  }

  /**
   * Answers the message that was received at {@code receipt}.
   *
   * @return how much the execution has told the outside; zero where nobody can hear it
   * @throws Refused it was answered before
   */
  public int reply(Connection connection, UUID execution, Position receipt, Answer answer)
      throws SQLException {
    // the row of the execution first, as all others do
    var sql = """
        with teller as (
            update reprise.executions e set told = e.told + 1 where e.execution = ?
            returning e.execution, e.told, coalesce(e.lineage, e.execution) as lineage)
        update reprise.messages m
           set replied_at = clock_timestamp() + ? * interval '1 microsecond', reply = ?, refusal = ?
          from teller
         where m.lineage = teller.lineage and m.consumer = teller.execution and m.receipt = ? and m.replied_at is null
        returning teller.told
        """;
    var told = Jdbc.queryOne(
        connection,
        sql,
        statement -> {
          statement.setObject(1, execution);
          statement.setLong(2, clock.offsetMicros());
          statement.setString(3, answer.reply());
          statement.setString(4, answer.refusal());
          statement.setString(5, receipt.toString());
        },
        row -> row.getInt(1));
    if (told.isEmpty() && isAnswered(connection, execution, receipt)) {
      throw new Refused(Reason.DONE_BEFORE);
    }
    return told.orElse(0);
  }

  /** An execution whose log was copied has the message, but nobody waits there for its answer. */
  private static boolean isAnswered(Connection connection, UUID execution, Position receipt)
      throws SQLException {
    var sql = """
        select 1 from reprise.executions e join reprise.messages m on m.lineage = coalesce(e.lineage, e.execution)
         where e.execution = ? and m.consumer = e.execution and m.receipt = ?
        """;
    return !Jdbc.query(
            connection,
            sql,
            statement -> new Columns(statement).add(execution).add(receipt.toString()),
            row -> row.getInt(1))
        .isEmpty();
  }

  /** What was answered to a message of the execution of that id, whatever incarnation it has come to. */
  public Answer answer(String id, int sequence) {
    var sql = """
        select m.reply, m.refusal
          from reprise.executions e join reprise.messages m on m.lineage = coalesce(e.lineage, e.execution)
         where e.id = ? and m.sequence = ?
        """;
    return database.log(connection -> Jdbc.queryOne(
            connection,
            sql,
            statement -> new Columns(statement).add(id).add(sequence),
            row -> new Answer(row.getString(1), row.getString(2)))
        .orElse(new Answer(null, null)));
  }
}
