package dev.reprise.runtime.function;

import dev.reprise.Isolation;
import dev.reprise.runtime.store.FunctionKind;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the annotation of a function says, checked and with its durations read. */
public sealed interface Policy {
  /** Which kind of function has it. */
  FunctionKind kind();

  /** Of a {@code @Transaction}; {@code role} is null for the session's own. */
  record OfTransaction(
      Isolation isolation, boolean readOnly, @Nullable String role) implements Policy {
    @Override
    public FunctionKind kind() {
      return FunctionKind.TRANSACTION;
    }
  }

  /** Of a {@code @Step}. */
  record OfStep(
      int maxAttempts,
      Duration initialInterval,
      double backoff,
      Duration maxInterval,
      Duration timeout,
      List<Class<? extends Throwable>> noRetryFor)
      implements Policy {
    /** What {@code Durable.step} uses: the defaults of the annotation. */
    public static final OfStep DEFAULT = new OfStep(
        5, Duration.ofSeconds(1), 2.0, Duration.ofMinutes(1), Duration.ofSeconds(30), List.of());

    public OfStep {
      if (maxAttempts < 1) {
        throw new IllegalArgumentException("maxAttempts is at least 1, not " + maxAttempts);
      }
      if (backoff < 1 || Double.isNaN(backoff) || Double.isInfinite(backoff)) {
        throw new IllegalArgumentException("backoff is a number of at least 1, not " + backoff);
      }
      if (timeout.isZero()
          || timeout.isNegative()
          || initialInterval.isNegative()
          || maxInterval.isNegative()) {
        throw new IllegalArgumentException(
            "intervals are not negative and the timeout is above zero");
      }
      noRetryFor = List.copyOf(noRetryFor);
    }

    @Override
    public FunctionKind kind() {
      return FunctionKind.STEP;
    }
  }

  /** Of a {@code @Workflow}; {@code timeout} is null for none. */
  record OfWorkflow(@Nullable Duration timeout) implements Policy {
    @Override
    public FunctionKind kind() {
      return FunctionKind.WORKFLOW;
    }
  }
}
