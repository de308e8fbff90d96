package dev.reprise.runtime.client;

import dev.reprise.ExecutionCancelledException;
import dev.reprise.ExecutionEndedException;
import dev.reprise.ExecutionNotFoundException;
import dev.reprise.ExecutionParkedException;
import dev.reprise.ExecutionTimedOutException;
import dev.reprise.FunctionException;
import dev.reprise.IdempotencyConflictException;
import dev.reprise.OverloadedException;
import dev.reprise.RepriseException;
import dev.reprise.RequestRefusedException;
import dev.reprise.UnknownQueueException;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.json.UnreadableJsonException;
import java.net.http.HttpResponse;
import java.util.Map;

/** The exceptions that stand for the problems of a server (RFC 9457). */
final class Refusals {
  private static final String PREFIX = "urn:reprise:problem:";

  private Refusals() {}

  static RepriseException of(HttpResponse<String> reply) {
    var problem = object(reply.body());
    var detail =
        text(problem, "detail").isEmpty() ? text(problem, "title") : text(problem, "detail");
    var name = text(problem, "type").replace(PREFIX, "");
    return switch (name) {
      case "function-failed" -> new FunctionException(text(problem, "errorType"), detail, null);
      case "cancelled" -> new ExecutionCancelledException(detail);
      case "timed-out" -> new ExecutionTimedOutException(detail);
      case "parked", "stranded" -> new ExecutionParkedException(detail);
      case "unknown-execution" -> new ExecutionNotFoundException(detail);
      case "execution-ended" -> new ExecutionEndedException(detail);
      case "idempotency-conflict" -> new IdempotencyConflictException(detail);
      case "request-refused" -> new RequestRefusedException(detail);
      case "unknown-queue" -> new UnknownQueueException(detail);
      case "overloaded", "shutting-down" -> new OverloadedException(detail);
      default ->
        new RepriseException("the server answered " + reply.statusCode()
            + (name.isEmpty() ? "" : " (" + name + ")") + (detail.isEmpty() ? "" : ": " + detail));
    };
  }

  /** Whether it is that problem. */
  static boolean is(HttpResponse<String> reply, String name) {
    return text(object(reply.body()), "type").equals(PREFIX + name);
  }

  private static Map<?, ?> object(String body) {
    try {
      return !body.isEmpty() && Json.parse(body) instanceof Map<?, ?> object ? object : Map.of();
    } catch (UnreadableJsonException e) {
      return Map.of(); // the status tells
    }
  }

  private static String text(Map<?, ?> problem, String name) {
    var value = problem.get(name);
    return value == null ? "" : String.valueOf(value);
  }
}
