package dev.reprise.runtime.http;

import dev.reprise.ExecutionEndedException;
import dev.reprise.ExecutionNotFoundException;
import dev.reprise.IdempotencyConflictException;
import dev.reprise.OverloadedException;
import dev.reprise.SizeLimitException;
import dev.reprise.UnknownQueueException;
import dev.reprise.runtime.deploy.DeploymentException;
import dev.reprise.runtime.execution.ForkRefusedException;
import dev.reprise.runtime.execution.Schedules.NotDeployedException;
import dev.reprise.runtime.execution.Schedules.UnknownScheduleException;
import dev.reprise.runtime.json.BadArgumentsException;
import dev.reprise.runtime.postgres.DatabaseUnavailableException;
import io.javalin.http.HttpResponseException;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.eclipse.jetty.http.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a client is told of an exception. The message of one that is not meant for clients goes to the log only. */
final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  /** The problem that stands for the exception. */
  static ProblemException problem(Throwable failure) {
    var cause = unwrapped(failure);
    if (cause instanceof ProblemException problem) {
      return problem;
    }
    if (cause instanceof BadArgumentsException bad) {
      return badArguments(bad);
    }
    if (cause instanceof IdempotencyConflictException conflict) {
      return Problem.IDEMPOTENCY_CONFLICT.because(text(conflict));
    }
    if (cause instanceof ExecutionNotFoundException unknown) {
      return Problem.UNKNOWN_EXECUTION.because(text(unknown));
    }
    if (cause instanceof SizeLimitException large) {
      return Problem.BODY_TOO_LARGE.because(text(large));
    }
    if (cause instanceof ForkRefusedException refused) {
      return Problem.FORK_REFUSED.because(text(refused));
    }
    if (cause instanceof UnknownQueueException unknown) {
      return Problem.UNKNOWN_QUEUE.because(text(unknown));
    }
    if (cause instanceof ExecutionEndedException ended) {
      return Problem.EXECUTION_ENDED.because(text(ended));
    }
    if (cause instanceof UnknownScheduleException unknown) {
      return Problem.UNKNOWN_SCHEDULE.because(text(unknown) + "; GET /v1/schedules lists them");
    }
    if (cause instanceof NotDeployedException missing) {
      return Problem.NOT_DEPLOYED.because(text(missing));
    }
    if (cause instanceof DeploymentException refused) {
      return deployment(refused);
    }
    if (cause instanceof OverloadedException) {
      return Problem.OVERLOADED
          .because("the server has as many executions as it may; nothing was begun, try again")
          .withHeader("Retry-After", "1");
    }
    if (cause instanceof DatabaseUnavailableException) {
      LOG.warn("{}", text(cause));
      return Problem.DATABASE_UNAVAILABLE
          .because("the server cannot reach its database at the moment; try again,"
              + " with an Idempotency-Key where an effect must not happen twice")
          .withHeader("Retry-After", "5");
    }
    return ofServer(cause);
  }

  private static ProblemException deployment(DeploymentException refused) {
    var problem = switch (refused.kind()) {
      case UNKNOWN -> Problem.UNKNOWN_DEPLOYMENT;
      case IN_USE -> Problem.DEPLOYMENT_IN_USE;
      case NO_ROLLBACK -> Problem.NO_ROLLBACK;
      case REFUSED -> Problem.DEPLOYMENT_REFUSED;
    };
    return problem.because(text(refused));
  }

  private static ProblemException badArguments(BadArgumentsException bad) {
    var problem = Problem.INVALID_ARGUMENT;
    if (bad.argument() == null && bad.getCause() != null) {
      problem = Problem.MALFORMED_JSON;
    } else if (bad.problem().equals("is missing") && bad.path().equals(bad.argument())) {
      problem = Problem.MISSING_ARGUMENT;
    }
    return problem
        .because(text(bad))
        .with("argument", bad.argument())
        .with("path", bad.path())
        .with("expected", bad.expected());
  }

  /** Exceptions of Javalin and Jetty tell about the request by their status; everything else is a defect. */
  private static ProblemException ofServer(Throwable cause) {
    if (cause instanceof HttpResponseException response && response.getStatus() < 500) {
      var problem = ofStatus(response.getStatus(), text(response));
      var allowed = response.getDetails().get("availableMethods");
      return allowed == null ? problem : problem.withHeader("Allow", allowed);
    }
    if (cause instanceof HttpException request && request.getCode() < 500) {
      return ofStatus(request.getCode(), "the request is not well-formed HTTP");
    }
    var correlation = "urn:uuid:" + UUID.randomUUID();
    LOG.error("a request failed, {}", correlation, cause);
    return Problem.INTERNAL
        .because("an unexpected error; the server's log has it under the id in \"instance\"")
        .with("instance", correlation);
  }

  /** A status that the server's parts below the routes have given. */
  static ProblemException ofStatus(int status, String detail) {
    return switch (status) {
      case 404 ->
        Problem.UNKNOWN_ROUTE.because("no route has this path; GET /openapi.json lists the routes");
      case 405 ->
        Problem.METHOD_NOT_ALLOWED.because("the header Allow lists the methods of this route");
      case 413 -> Problem.BODY_TOO_LARGE.because("the body is too large");
      default -> Problem.MALFORMED_REQUEST.because(detail);
    };
  }

  private static Throwable unwrapped(Throwable failure) {
    var cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static String text(Throwable exception) {
    var message = exception.getMessage();
    return message == null ? "" : message;
  }
}
