package dev.reprise.runtime.execution;

import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.store.JointWrite.Effect;
import dev.reprise.runtime.store.JointWrite.Refused;
import dev.reprise.runtime.store.MessageStore;
import dev.reprise.runtime.store.MessageStore.Answer;
import dev.reprise.runtime.store.MessageStore.Outgoing;
import dev.reprise.runtime.store.MessageStore.Pending;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The durable calls of a branch that have to do with messages and events. What they do to other rows is written with
 * their operation, in one transaction: both are there after a crash, or neither.
 *
 * <p>A wait for a message has two operations: {@code await}, written when it begins, which has the time of its end; and
 * {@code receive}, written with the mark that the message is consumed. Where a message is there already, the first is left
 * out; the log tells which it was.
 */
final class Messaging {
  private static final Instant END_OF_TIME = Instant.parse("9999-01-01T00:00:00Z");

  private final WorkflowScope scope;
  private final BranchLog log;
  private final Run run;

  Messaging(WorkflowScope scope) {
    this.scope = scope;
    this.log = scope.log();
    this.run = scope.run();
  }

  /** Waits for a message; gives the row of the operation that has it, or that says that none came in time. */
  OperationRow receive(String topic, Duration timeout, boolean request) {
    Names.require("a topic", topic);
    long hash = JsonCodec.hash((request ? "request " : "") + topic + " " + timeout);
    Instant deadline = null;
    if (log.nextIs(OperationKind.AWAIT)) {
      var begun = log.enter(OperationKind.AWAIT, topic, hash);
      deadline = begun == null ? null : endOf(begun);
    }
    var row = log.enter(OperationKind.RECEIVE, topic, hash);
    if (row == null) {
      row = run.stage() == null
          ? receiveNow(topic, timeout, hash, deadline)
          : run.beyond(scope.newCall(
              OperationKind.RECEIVE,
              topic,
              hash,
              null,
              null,
              null,
              null,
              () -> row(log.position(), OperationKind.RECEIVE, topic, hash, null)));
      scope.keep(row);
    }
    scope.passedTo(row.completedAt());
    return row;
  }

  private static Instant endOf(OperationRow begun) {
    return Instant.parse(String.valueOf(Json.parse(String.valueOf(begun.output()))));
  }

  private OperationRow receiveNow(
      String topic, Duration timeout, long hash, @Nullable Instant recordedDeadline) {
    var deadline = recordedDeadline;
    while (true) {
      int seen = run.signals();
      var found = run.mailbox().take(topic);
      if (found.isPresent()) {
        return received(topic, hash, found.get());
      }
      var now = scope.timeNow();
      if (deadline == null && (timeout.isZero() || timeout.isNegative())
          || deadline != null && !now.isBefore(deadline)) {
        return row(log.position(), OperationKind.RECEIVE, topic, hash, null);
      }
      if (deadline == null) {
        deadline = begin(topic, hash, end(now, timeout));
        continue; // the message may have come while this was written
      }
      waitForMessage(topic, seen, deadline);
    }
  }

  /** Records when the wait ends, and takes the position after that. */
  private Instant begin(String topic, long hash, Instant deadline) {
    var begun =
        row(log.position(), OperationKind.AWAIT, topic, hash, Json.quote(deadline.toString()));
    var rows = new ArrayList<>(log.takeBuffer());
    rows.add(begun);
    run.record(rows, java.util.List.of());
    var taken = log.enter(OperationKind.RECEIVE, topic, hash);
    if (taken != null) {
      throw run.halt(Unwinding.Reason.LOST_RACE, "another runner has received");
    }
    return deadline;
  }

  private void waitForMessage(String topic, int seen, Instant deadline) {
    var next = run.mailbox().next(topic);
    var until = next != null && next.isBefore(deadline) ? next : deadline;
    var position = log.position();
    try {
      scope.waitFor(
          new WaitRoom.Wait(() -> run.signals() > seen, until, run.isConversing(), false, topic));
    } catch (Unwinding e) {
      throw log.unwind(e, position);
    }
  }

  private static Instant end(Instant now, Duration timeout) {
    return timeout.compareTo(Duration.between(now, END_OF_TIME)) < 0
        ? now.plus(timeout)
        : END_OF_TIME;
  }

  private OperationRow received(String topic, long hash, Pending message) {
    var position = log.position();
    var row = row(position, OperationKind.RECEIVE, topic, hash, message.json());
    var execution = run.identity().execution();
    run.converse();
    return with(
        row,
        connection -> run.services()
            .post()
            .messages()
            .consume(connection, execution, message.sequence(), position));
  }

  /** Sends a message. */
  void send(String id, String topic, Object message, Duration delay) {
    Names.require("a topic", topic);
    var json = encode("a message", message);
    var later = delay.isNegative() ? Duration.ZERO : delay;
    var outgoing = new Outgoing(id, topic, json, later, null);
    long hash = JsonCodec.hash(id + " " + topic + " " + later + " " + json);
    call(OperationKind.SEND, topic, hash, position -> sent(position, outgoing, hash));
  }

  private OperationRow sent(Position position, Outgoing message, long hash) {
    if (message.to().equals(run.identity().id())) {
      scope.persist(); // the receiver has a row then
    }
    run.converse();
    var post = run.services().post();
    try {
      return with(
          row(position, OperationKind.SEND, message.topic(), hash, "null"),
          connection -> {
            return post.messages().accept(connection, message);
          },
          post::announce);
    } catch (Refused e) {
      var failure = Post.undeliverable(message.to(), e.reason());
      return failed(position, OperationKind.SEND, message.topic(), hash, failure);
    }
  }

  /** Publishes a value. */
  void publish(String key, Object value) {
    Names.require("the key of an event", key);
    var json = encode("the value of an event", value);
    long hash = JsonCodec.hash(key + " " + json);
    var identity = run.identity();
    var post = run.services().post();
    call(
        OperationKind.PUBLISH,
        key,
        hash,
        position -> with(
            row(position, OperationKind.PUBLISH, key, hash, "null"),
            connection -> post.events().publish(connection, identity.execution(), key, json),
            told -> post.told(identity.id(), told)));
  }

  /** Answers the message that was received at {@code receipt}. */
  void reply(String topic, Position receipt, Answer answer) {
    long hash = JsonCodec.hash(receipt + " " + answer.reply() + " " + answer.refusal());
    var identity = run.identity();
    var post = run.services().post();
    call(OperationKind.REPLY, topic, hash, position -> {
      try {
        return with(
            row(position, OperationKind.REPLY, topic, hash, "null"),
            connection -> post.messages().reply(connection, identity.execution(), receipt, answer),
            told -> post.told(identity.id(), told));
      } catch (Refused e) {
        var failure = new IllegalStateException(
            "the request received at position " + receipt + " was answered before");
        return failed(position, OperationKind.REPLY, topic, hash, failure);
      }
    });
  }

  String encode(String what, @Nullable Object value) {
    return encode(run.application().codec(), what, value);
  }

  /**
   * Writes a message, an event or an answer, so that the code that is run again in another process gives the same text: the
   * log has its hash, and the order of {@code Map.of} differs from process to process.
   *
   * @throws IllegalArgumentException it is null or too long
   */
  static String encode(JsonCodec codec, String what, @Nullable Object value) {
    if (value == null) {
      throw new IllegalArgumentException(what + " must not be null");
    }
    return requireShort(what, codec.encodeCanonically(value, value.getClass()));
  }

  private static String requireShort(String what, String json) {
    if (json.length() > MessageStore.LONGEST) {
      throw new IllegalArgumentException(what + " has " + json.length()
          + " characters as JSON, more than the " + MessageStore.LONGEST
          + " that are allowed: keep the data in a table and tell where");
    }
    return json;
  }

  private void call(OperationKind kind, String name, long hash, WorkflowScope.Doing doing) {
    try {
      var unused = scope.call(kind, name, hash, void.class, doing);
    } catch (Throwable e) {
      throw Sneaky.raise(e);
    }
  }

  private <T> OperationRow with(OperationRow row, Effect<T> effect) {
    return with(row, effect, given -> {});
  }

  /** Records the row, what the branch has not recorded yet, and the effect, as one. */
  private <T> OperationRow with(
      OperationRow row, Effect<T> effect, java.util.function.Consumer<T> then) {
    var rows = new ArrayList<>(log.buffered());
    rows.add(row);
    var given = run.recordWith(rows, effect);
    var unused = log.takeBuffer();
    then.accept(given);
    return row;
  }

  private OperationRow failed(
      Position position, OperationKind kind, String name, long hash, RuntimeException failure) {
    var now = scope.timeNow();
    return new OperationRow(
        position,
        kind,
        name,
        hash,
        null,
        ExceptionCodec.encode(failure),
        1,
        null,
        null,
        null,
        now,
        now);
  }

  private OperationRow row(
      Position position, OperationKind kind, String name, long hash, @Nullable String output) {
    var now = scope.timeNow();
    return new OperationRow(
        position, kind, name, hash, output, null, 1, null, null, null, now, now);
  }
}
