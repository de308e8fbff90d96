package dev.reprise.debugger.retro;

import dev.reprise.ExecutionStatus;
import dev.reprise.debugger.replay.Script;
import dev.reprise.runtime.execution.Rehearsal;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.json.UnreadableJsonException;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An execution that is run again, and what is known of it. Guarded by the lock of its {@link Cast}, but for what is final.
 */
final class Request {
  private final ExecutionRow row;
  private final Application application;
  private final @Nullable Script original;
  private final @Nullable Request parent;
  private final List<OperationRow> answers = new ArrayList<>();
  private final List<OperationRow> messages = new ArrayList<>();
  private final List<OperationRow> outcomes = new ArrayList<>();
  private final Branches branches;
  private final CompletableFuture<ExecutionRow> end = new CompletableFuture<>();
  private Rehearsal.@Nullable Progress progress;
  private boolean begun;
  private volatile @Nullable Request next;
  private int kept;
  private @Nullable String stopped;

  Request(
      ExecutionRow row,
      Application application,
      @Nullable Script original,
      @Nullable Request parent) {
    this.row = row;
    this.application = application;
    this.original = original;
    this.parent = parent;
    var log = log();
    this.branches = new Branches(log);
    log.stream().filter(operation -> isAnswer(operation.kind())).forEach(answers::add);
    log.stream()
        .filter(operation -> operation.kind() == OperationKind.RECEIVE)
        .sorted(Comparator.comparing(OperationRow::completedAt))
        .forEach(messages::add);
  }

  private static boolean isAnswer(OperationKind kind) {
    return kind == OperationKind.STEP
        || kind == OperationKind.SEND
        || kind == OperationKind.PUBLISH
        || kind == OperationKind.REPLY
        || kind == OperationKind.PATCH
        || kind == OperationKind.WORKFLOW
        || kind == OperationKind.START;
  }

  ExecutionRow row() {
    return row;
  }

  String id() {
    return row.id();
  }

  Application application() {
    return application;
  }

  @Nullable
  Script original() {
    return original;
  }

  @Nullable
  Request parent() {
    return parent;
  }

  Branches branches() {
    return branches;
  }

  /** The original log; empty for an execution that there was not. */
  List<OperationRow> log() {
    return original == null ? List.of() : original.log();
  }

  /** What of the log holds in any case: where branches were closed from outside, and what a fork was given. */
  List<OperationRow> closings() {
    return log().stream()
        .filter(operation ->
            operation.kind() == OperationKind.CLOSED || row.isCopied(operation.position()))
        .toList();
  }

  /** The recorded outcome of a call that is no transaction, which is taken once; null where there is none any more. */
  @Nullable
  OperationRow takeAnswer(Rehearsal.NewCall call) {
    for (var iterator = answers.iterator(); iterator.hasNext(); ) {
      var answer = iterator.next();
      if (isFor(answer, call)) {
        iterator.remove();
        return answer;
      }
    }
    return null;
  }

  /** The same without taking it. */
  @Nullable
  OperationRow findAnswer(Rehearsal.NewCall call) {
    return answers.stream().filter(answer -> isFor(answer, call)).findFirst().orElse(null);
  }

  /** The next message of a topic that the original received, as JSON; null for a wait in vain, and where there is no more. */
  @Nullable
  String takeMessage(String topic) {
    for (var iterator = messages.iterator(); iterator.hasNext(); ) {
      var message = iterator.next();
      if (message.function().equals(topic)) {
        iterator.remove();
        return message.output();
      }
    }
    return null;
  }

  private static boolean isFor(OperationRow answer, Rehearsal.NewCall call) {
    return answer.kind() == call.kind()
        && answer.function().equals(call.name())
        && answer.arguments() == call.arguments();
  }

  /** What calls of this run came to, for looking ahead. */
  List<OperationRow> outcomes() {
    return List.copyOf(outcomes);
  }

  void add(OperationRow outcome) {
    outcomes.add(outcome);
  }

  // --- its run
  // -----------------------------------------------------------------------------------------------

  boolean hasBegun() {
    return begun;
  }

  void begin() {
    begun = true;
  }

  void progress(Rehearsal.Progress told) {
    progress = told;
  }

  /** One more, or one less, of its threads waits for somebody outside. */
  void keep(int change) {
    kept += change;
  }

  /** Whether nothing of it moves. */
  boolean rests() {
    if (!begun || hasEnded()) {
      return true;
    }
    var known = progress;
    return known != null && known.restsBut(kept);
  }

  boolean hasEnded() {
    return end.isDone();
  }

  /** Completes with the row as it would have been settled, or, where the run stopped on the way, as RUNNING. */
  CompletableFuture<ExecutionRow> end() {
    return end;
  }

  /** Who it went on as; null where it did not. */
  @Nullable
  Request next() {
    return next;
  }

  void continueAs(Request successor) {
    next = successor;
  }

  /** Why the run stopped before its end; the first reason holds. */
  void stop(String why) {
    if (stopped == null) {
      stopped = why;
    }
  }

  @Nullable
  String stopped() {
    return stopped;
  }

  void ended(Rehearsal.Result result) {
    if (result instanceof Rehearsal.Result.Ended ended && isUnreadable(ended.outcome())) {
      stop("the recorded arguments do not fit the function as it is now: "
          + ExceptionCodec.describe(String.valueOf(ended.outcome())).message());
      end.complete(row.settled(ExecutionStatus.RUNNING, null, now()));
    } else if (result instanceof Rehearsal.Result.Ended ended) {
      end.complete(row.settled(
          ended.status(), ended.outcome(), Objects.requireNonNullElse(row.completedAt(), now())));
    } else {
      stop(
          result instanceof Rehearsal.Result.Differs differs
              ? String.valueOf(ExceptionCodec.describe(differs.cause()).message())
              : ((Rehearsal.Result.EndOfLog) result).why());
      end.complete(row.settled(ExecutionStatus.RUNNING, null, now()));
    }
  }

  private static boolean isUnreadable(@Nullable String outcome) {
    return outcome != null
        && outcome.contains(UnreadableJsonException.class.getName())
        && ExceptionCodec.describe(outcome).type().equals(UnreadableJsonException.class.getName());
  }

  private Instant now() {
    return row.createdAt();
  }

  /** How it came out; null where it has not ended. */
  Redone.@Nullable Ending ending() {
    if (!hasEnded() || stopped != null) {
      return null;
    }
    return endingOf(end.join());
  }

  /** How a row says that an execution ended; null where it has not. */
  static Redone.@Nullable Ending endingOf(ExecutionRow row) {
    if (!row.isSettled()) {
      return null;
    }
    String error = null;
    var recorded = row.error();
    if (recorded != null) {
      var told = ExceptionCodec.describe(recorded);
      // the driver's own exceptions come out of a log as this
      var type = told.type().startsWith("org.postgresql.") ? "java.sql.SQLException" : told.type();
      error = type + (told.message() == null ? "" : ": " + told.message());
    }
    return new Redone.Ending(row.status(), row.output(), error);
  }
}
