package dev.reprise.runtime.execution;

import dev.reprise.ExecutionEndedException;
import dev.reprise.ExecutionNotFoundException;
import dev.reprise.IdempotencyConflictException;
import dev.reprise.RepriseException;
import dev.reprise.runtime.store.EventStore;
import dev.reprise.runtime.store.EventStore.Event;
import dev.reprise.runtime.store.EventStore.Progress;
import dev.reprise.runtime.store.JointWrite.Reason;
import dev.reprise.runtime.store.JointWrite.Refused;
import dev.reprise.runtime.store.MessageStore;
import dev.reprise.runtime.store.MessageStore.Accepted;
import dev.reprise.runtime.store.MessageStore.Answer;
import dev.reprise.runtime.store.MessageStore.Outgoing;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What goes to executions and comes from them while they run: messages in, events and answers out. For callers outside, and
 * for runs, whose own sends are written with their log. Thread-safe.
 */
public final class Post {
  private final MessageStore messages;
  private final EventStore events;
  private final Watches watches;
  private final ActiveRuns active;
  private final DueSignal due;

  /** With the stores and who is to be told. */
  public Post(
      MessageStore messages, EventStore events, Watches watches, ActiveRuns active, DueSignal due) {
    this.messages = messages;
    this.events = events;
    this.watches = watches;
    this.active = active;
    this.due = due;
  }

  MessageStore messages() {
    return messages;
  }

  EventStore events() {
    return events;
  }

  // --- in
  // ---------------------------------------------------------------------------------------------------------

  /**
   * Accepts a message; it is durable when this returns.
   *
   * @throws ExecutionNotFoundException there is no execution of that id
   * @throws ExecutionEndedException it has ended
   * @throws IdempotencyConflictException the key was used for another message to it
   */
  public Accepted send(Outgoing message) {
    Accepted accepted;
    try {
      accepted = accept(message);
    } catch (ExecutionNotFoundException e) {
      // a call that runs here may have no row yet, in its first second
      if (!active.bear(message.to())) {
        throw e;
      }
      accepted = accept(message);
    }
    if (!accepted.same()) {
      throw new IdempotencyConflictException("the idempotency key " + message.key()
          + " was used before, for another message to execution " + message.to()
          + "; use another key");
    }
    if (!accepted.repeated()) {
      announce(accepted);
    }
    return accepted;
  }

  private Accepted accept(Outgoing message) {
    try {
      return messages.accept(message);
    } catch (Refused e) {
      throw undeliverable(message.to(), e.reason());
    }
  }

  /** What the sender is told of a message that was not accepted. */
  static RepriseException undeliverable(String id, Reason reason) {
    return reason == Reason.ENDED
        ? new ExecutionEndedException("execution " + id + " has ended and takes no more messages")
        : new ExecutionNotFoundException("there is no execution " + id + " to send to");
  }

  /** A message is durable: its receiver looks for it, here or on whatever node it is woken. */
  void announce(Accepted accepted) {
    active.delivered(List.of(accepted.receiver()));
    if (accepted.visibleAt() != null) {
      due.at(accepted.visibleAt());
    } else if (!active.isActive(accepted.receiver())) {
      due.now();
    }
  }

  // --- out
  // --------------------------------------------------------------------------------------------------------

  /** An execution has told so much. */
  void told(String id, int told) {
    watches.progressed(new Progress(id, told, false));
  }

  /** An execution has ended. */
  void ended(String id) {
    watches.progressed(new Progress(id, Integer.MAX_VALUE, true));
  }

  /**
   * How far an execution is.
   *
   * @throws ExecutionNotFoundException there is none of that id
   */
  public Progress progress(String id) {
    return recordedProgress(id)
        .or(() -> active.bear(id) ? recordedProgress(id) : Optional.empty())
        .orElseThrow(() -> new ExecutionNotFoundException("there is no execution " + id));
  }

  private Optional<Progress> recordedProgress(String id) {
    return events.progress(List.of(id)).stream().findFirst();
  }

  /** The latest value of a key; empty where there is none. */
  public Optional<Event> latest(String id, String key) {
    return events.latest(id, key);
  }

  /** The values of a key after that number, in order, at most so many. */
  public List<Event> after(String id, String key, int sequence, int atMost) {
    return events.after(id, key, sequence, atMost);
  }

  /** The answer to a message; empty where there is none yet. */
  public Optional<Answer> answer(String id, int sequence) {
    return Optional.of(messages.answer(id, sequence)).filter(Answer::isGiven);
  }

  /** Completes when the execution has told more than that, or has ended; cancelling it gives it up. */
  public CompletableFuture<Progress> beyond(String id, int told) {
    return watches.beyond(id, told);
  }

  /**
   * Waits, without a thread, until {@code look} finds something that an execution tells; empty where it ends without.
   * Cancelling the future ends the wait.
   *
   * @throws ExecutionNotFoundException there is none of that id
   */
  public <T> CompletableFuture<Optional<T>> await(String id, Supplier<Optional<T>> look) {
    var result = new CompletableFuture<Optional<T>>();
    look(id, look, result);
    return result;
  }

  private <T> void look(
      String id, Supplier<Optional<T>> look, CompletableFuture<Optional<T>> result) {
    var progress = progress(id); // before the look, so that what comes in between ends the wait
    var found = look.get();
    if (found.isPresent() || progress.ended()) {
      result.complete(found);
      return;
    }
    var more = watches.beyond(id, progress.told());
    result.whenComplete((value, failure) -> more.cancel(false));
    more.thenAcceptAsync(
            told -> {
              if (!result.isDone()) {
                look(id, look, result);
              }
            },
            active.threads())
        .exceptionally(failure -> {
          result.completeExceptionally(failure);
          return null;
        });
  }
}
