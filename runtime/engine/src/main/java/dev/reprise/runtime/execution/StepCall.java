package dev.reprise.runtime.execution;

import dev.reprise.StepTimeoutException;
import dev.reprise.runtime.function.Policy;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.store.FunctionKind;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Position;
import dev.reprise.spi.CurrentExecution;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One call of a step: attempts on a thread of their own, each with a timeout, until one succeeds or no more are allowed;
 * then the outcome is recorded. The effect happens at least once: a crash before the record repeats it.
 */
final class StepCall {
  private final WorkflowScope scope;
  private final Run run;
  private final Position position;
  private final String name;
  private final long hash;
  private final Policy.OfStep policy;
  private final Type type;

  StepCall(
      WorkflowScope scope,
      Position position,
      String name,
      long hash,
      Policy.OfStep policy,
      Type type) {
    this.scope = scope;
    this.run = scope.run();
    this.position = position;
    this.name = name;
    this.hash = hash;
    this.policy = policy;
    this.type = type;
  }

  /** The author's code. */
  interface Body {
    @Nullable
    Object run() throws Throwable;
  }

  /** Runs it to an outcome and records that. */
  OperationRow run(Body body) {
    // whatever this effect may depend on is durable before it, and so is the execution that will
    // repeat it
    scope.persist();
    Instant began = run.services().clock().now();
    for (int attempt = 1; ; attempt++) {
      awaitFreshHeartbeat();
      var outcome = attempt(body);
      if (outcome.thrown == null || attempt >= policy.maxAttempts() || isFinal(outcome.thrown)) {
        return record(outcome, attempt, began);
      }
      pause(attempt);
    }
  }

  /** A node that may be believed dead starts no effect: somebody else may be at it. */
  private void awaitFreshHeartbeat() {
    while (!run.services().membership().mayStartEffects()) {
      run.waits().hold(run.services().membership()::mayStartEffects, Duration.ofSeconds(1));
    }
  }

  private boolean isFinal(Throwable thrown) {
    return thrown instanceof RefusedCallException
        || policy.noRetryFor().stream().anyMatch(kind -> kind.isInstance(thrown));
  }

  private void pause(int attempt) {
    double factor = Math.pow(policy.backoff(), attempt - 1);
    double nanos = Math.min((double) policy.initialInterval().toNanos() * factor, (double)
        policy.maxInterval().toNanos());
    // a little jitter, so that many steps that failed together do not come back together
    var pause =
        Duration.ofNanos((long) (nanos * (0.9 + ThreadLocalRandom.current().nextDouble() * 0.2)));
    run.waits().hold(() -> false, pause);
  }

  private Outcome attempt(Body body) {
    var outcome = new Outcome();
    run.services().threads().execute(() -> {
      outcome.thread = Thread.currentThread();
      if (outcome.givenUp) {
        return;
      }
      var before = CurrentExecution.set(new StepScope(scope, position, name));
      try {
        outcome.result = body.run();
      } catch (Throwable e) {
        outcome.thrown = e;
      } finally {
        CurrentExecution.set(before);
        outcome.ended = true;
        run.waits().signal();
      }
    });
    boolean ended = false;
    try {
      ended = run.waits().hold(() -> outcome.ended, policy.timeout());
    } finally {
      if (!ended) {
        interrupt(outcome);
      }
    }
    if (ended) {
      return outcome;
    }
    var timedOut = new Outcome();
    timedOut.thrown =
        new StepTimeoutException(name + " took longer than its timeout of " + policy.timeout());
    return timedOut;
  }

  private static void interrupt(Outcome outcome) {
    outcome.givenUp = true;
    var thread = outcome.thread;
    if (thread != null && !outcome.ended) {
      thread.interrupt();
    }
  }

  private OperationRow record(Outcome outcome, int attempt, Instant began) {
    String output = null;
    Throwable thrown = outcome.thrown;
    if (thrown == null && type != void.class) {
      try {
        output = run.fitting(
            run.application().codec().encode(outcome.result, type), "the result of " + name);
        var unused = run.application().codec().decode(output, type);
      } catch (RuntimeException e) {
        thrown = e;
      }
    }
    var row = new OperationRow(
        position,
        OperationKind.STEP,
        name,
        hash,
        output,
        thrown == null ? null : ExceptionCodec.encode(thrown),
        attempt,
        null,
        null,
        null,
        began,
        run.services().clock().now());
    boolean rides =
        run.function().kind() == FunctionKind.STEP || row.error() != null && scope.isUndoing();
    if (!rides) {
      run.record(List.of(row), List.of());
    }
    return row;
  }

  /** What an attempt left; written by its thread, read after {@code ended}. */
  private static final class Outcome {
    private volatile @Nullable Object result;
    private volatile @Nullable Throwable thrown;
    private volatile @Nullable Thread thread;
    private volatile boolean givenUp;
    private volatile boolean ended;
  }
}
