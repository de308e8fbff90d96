package dev.reprise.runtime.http;

import dev.reprise.runtime.store.ExecutionRow;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** How a settled or unfinished execution is told: the one place that maps states to answers. */
final class Outcome {
  /** The header that names the execution. */
  static final String EXECUTION_ID = "Reprise-Execution-Id";

  private static final String NO_CAUSE = "no cause was recorded";

  private Outcome() {}

  /**
   * The answer for an execution that has ended, or is parked or stranded, or has done neither yet.
   *
   * @param isVoid whether its function has no result
   */
  static Answer of(ExecutionRow row, boolean isVoid) {
    return switch (row.status()) {
      case SUCCEEDED -> succeeded(row, isVoid);
      case FAILED, TIMED_OUT, CANCELLED, PARKED, STRANDED ->
        problem(row).answer().with(EXECUTION_ID, row.id());
      case PENDING, RUNNING, WAITING ->
        accepted(row.id(), row.status().name()).with("Retry-After", "1");
    };
  }

  /** The answer for an execution that goes on: where to look for it. */
  static Answer accepted(String id, String status) {
    var body = ExecutionView.brief(id, status).toString();
    return Answer.json(202, body).with("Location", location(id)).with(EXECUTION_ID, id);
  }

  /** The path of an execution. */
  static String location(String id) {
    var encoded = URLEncoder.encode(id, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("%3A", ":")
        .replace("%40", "@")
        .replace("%3D", "=")
        .replace("%2B", "+");
    return "/v1/executions/" + encoded;
  }

  private static Answer succeeded(ExecutionRow row, boolean isVoid) {
    var output = row.output();
    var answer = isVoid || output == null ? Answer.empty(204) : Answer.json(200, output);
    return answer.with(EXECUTION_ID, row.id());
  }

  private static ProblemException problem(ExecutionRow row) {
    var error = PublicError.of(row.error());
    var cause = error == null ? NO_CAUSE : error.detail();
    var problem = switch (row.status()) {
      case FAILED -> Problem.FUNCTION_FAILED.because(cause);
      case TIMED_OUT ->
        Problem.TIMED_OUT.because(
            "execution " + row.id() + " ran into the timeout of its workflow and was undone");
      case CANCELLED ->
        Problem.CANCELLED.because("execution " + row.id() + " was cancelled and undone");
      case PARKED ->
        Problem.PARKED.because("execution " + row.id() + " is parked: " + cause
            + "; once that is remedied, POST " + location(row.id()) + "/resume");
      case STRANDED ->
        Problem.STRANDED.because(
            "execution " + row.id() + " is stranded, no live node can run its version: " + cause);
      case PENDING, RUNNING, WAITING, SUCCEEDED ->
        throw new IllegalStateException(row.status() + " is no problem");
    };
    return problem
        .with("errorType", error == null ? null : error.type())
        .with("executionId", row.id());
  }
}
