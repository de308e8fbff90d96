package dev.reprise.runtime.http;

import java.util.Locale;

/**
 * Every error that the server tells a client (RFC 9457). The names are part of the contract and listed in {@code
 * docs/problems.md}.
 */
enum Problem {
  /** What was sent is not HTTP as the server reads it. */
  MALFORMED_REQUEST(400, "The request is malformed"),
  /** The body is not JSON in UTF-8. */
  MALFORMED_JSON(400, "The body is not valid JSON"),
  /** An argument does not have the type of its parameter. */
  INVALID_ARGUMENT(400, "An argument does not fit its parameter"),
  /** A parameter has no argument. */
  MISSING_ARGUMENT(400, "An argument is missing"),
  /** The query of the address. */
  INVALID_QUERY(400, "A query parameter is invalid"),
  /** No such place in the log, no workflow, or no such code. */
  FORK_REFUSED(400, "The execution cannot be forked so"),
  /** A header other than the key. */
  INVALID_HEADER(400, "A header is invalid"),
  /** A header of a feature that this server does not have. */
  UNSUPPORTED_HEADER(400, "This server does not support a header of the request"),
  /** The idempotency key. */
  INVALID_IDEMPOTENCY_KEY(400, "The idempotency key is invalid"),
  /** A topic, or the key of an event. */
  INVALID_NAME(400, "A topic or the key of an event is invalid"),
  /** {@code Origin} or {@code Sec-Fetch-Site} of another site. */
  FOREIGN_ORIGIN(403, "Requests from pages of other sites are refused"),
  /** {@code Host} is not a name of this server. */
  FOREIGN_HOST(403, "The request names another host"),
  /** No route has this path. */
  UNKNOWN_ROUTE(404, "There is no such route"),
  /** No function has this name. */
  UNKNOWN_FUNCTION(404, "There is no such function"),
  /** No queue has this name. */
  UNKNOWN_QUEUE(404, "There is no such queue"),
  /** No execution has this id. */
  UNKNOWN_EXECUTION(404, "There is no such execution"),
  /** No schedule has this name. */
  UNKNOWN_SCHEDULE(404, "There is no such schedule"),
  /** No deployment has this version. */
  UNKNOWN_DEPLOYMENT(404, "There is no such deployment"),
  /** The execution has ended and published nothing under this key. */
  UNKNOWN_EVENT(404, "There is no such event"),
  /** The path exists, for other methods. */
  METHOD_NOT_ALLOWED(405, "The route does not have this method"),
  /** The client does not take what the route gives. */
  NOT_ACCEPTABLE(406, "The answer would be of a type that the client does not accept"),
  /** The key stands for another call. */
  IDEMPOTENCY_CONFLICT(409, "The idempotency key was used for another call"),
  /** The execution was cancelled. */
  CANCELLED(409, "The execution was cancelled"),
  /** What was asked needs an execution that lives. */
  EXECUTION_ENDED(409, "The execution has ended"),
  /** What was asked needs the function of a schedule. */
  NOT_DEPLOYED(409, "The function is not deployed"),
  /** The deployment is active, or executions need it. */
  DEPLOYMENT_IN_USE(409, "The deployment is in use"),
  /** There is nothing to go back to, or it was removed. */
  NO_ROLLBACK(409, "There is nothing to go back to"),
  /** The functions of the server are part of its application. */
  NO_DEPLOYMENTS(409, "This server takes no deployments"),
  /** Longer than the limit. */
  BODY_TOO_LARGE(413, "The body is too large"),
  /** The body is not stated to be JSON. */
  UNSUPPORTED_MEDIA_TYPE(415, "The body is of an unsupported type"),
  /** The function threw. */
  FUNCTION_FAILED(422, "The function failed"),
  /** The jar, or its migrations. */
  DEPLOYMENT_REFUSED(422, "The deployment is refused"),
  /** The workflow said no to a message. */
  REQUEST_REFUSED(422, "The request was refused"),
  /** The workflow's own timeout. */
  TIMED_OUT(422, "The execution ran into its timeout"),
  /** A defect of the server. */
  INTERNAL(500, "The server failed"),
  /** The execution needs somebody's help. */
  PARKED(503, "The execution is parked"),
  /** The execution needs a node with its version of the code. */
  STRANDED(503, "The execution is stranded"),
  /** The node has as much work as it may. */
  OVERLOADED(503, "The server is overloaded"),
  /** The node takes no more work. */
  SHUTTING_DOWN(503, "The server is shutting down"),
  /** The database cannot be reached. */
  DATABASE_UNAVAILABLE(503, "The database is unavailable");

  private final int status;
  private final String title;

  Problem(int status, String title) {
    this.status = status;
    this.title = title;
  }

  /** The status of the answer. */
  int status() {
    return status;
  }

  /** The same for every occurrence. */
  String title() {
    return title;
  }

  /** {@code malformed-json}. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** {@code urn:reprise:problem:malformed-json}. */
  String type() {
    return "urn:reprise:problem:" + label();
  }

  /** An occurrence, to be thrown; the detail says what was wrong and what to do. */
  ProblemException because(String detail) {
    return new ProblemException(this, detail);
  }
}
