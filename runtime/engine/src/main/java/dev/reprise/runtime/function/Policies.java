package dev.reprise.runtime.function;

import dev.reprise.Scheduled;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

/** Reads the annotations of a method. */
final class Policies {
  private Policies() {}

  /** Whether the method is meant to be a function. */
  static boolean isAnnotated(Method method) {
    return method.isAnnotationPresent(Transaction.class)
        || method.isAnnotationPresent(Step.class)
        || method.isAnnotationPresent(Workflow.class)
        || method.isAnnotationPresent(Scheduled.class);
  }

  /**
   * What the annotation says.
   *
   * @throws IllegalArgumentException for a value that cannot be, and for more than one annotation
   */
  static Policy of(Method method) {
    var policies = new ArrayList<Policy>();
    var transaction = method.getAnnotation(Transaction.class);
    if (transaction != null) {
      policies.add(new Policy.OfTransaction(
          transaction.isolation(),
          transaction.readOnly(),
          transaction.role().isEmpty() ? null : transaction.role()));
    }
    var step = method.getAnnotation(Step.class);
    if (step != null) {
      policies.add(ofStep(step));
    }
    var workflow = method.getAnnotation(Workflow.class);
    if (workflow != null) {
      policies.add(ofWorkflow(workflow));
    }
    if (policies.isEmpty()) {
      throw new IllegalArgumentException(
          "it has @Scheduled, which is for workflows: add @Workflow");
    }
    if (policies.size() > 1) {
      throw new IllegalArgumentException(
          "it has more than one of @Transaction, @Step and @Workflow: keep one");
    }
    return policies.get(0);
  }

  private static Policy.OfStep ofStep(Step step) {
    return new Policy.OfStep(
        step.maxAttempts(),
        Durations.parse(step.initialInterval()),
        step.backoff(),
        Durations.parse(step.maxInterval()),
        Durations.parse(step.timeout()),
        List.of(step.noRetryFor()));
  }

  private static Policy.OfWorkflow ofWorkflow(Workflow workflow) {
    if (workflow.timeout().isEmpty()) {
      return new Policy.OfWorkflow(null);
    }
    var timeout = Durations.parse(workflow.timeout());
    if (timeout.isZero()) {
      throw new IllegalArgumentException("its timeout is zero: leave it out for no limit");
    }
    return new Policy.OfWorkflow(timeout);
  }
}
