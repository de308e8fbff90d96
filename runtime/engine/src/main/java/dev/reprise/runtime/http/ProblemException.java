package dev.reprise.runtime.http;

import dev.reprise.runtime.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ends the handling of a request with a {@link Problem}. Has no stack trace: it is an answer, not a defect. */
final class ProblemException extends RuntimeException {
  private final Problem problem;
  private final Map<String, @Nullable Object> members = new LinkedHashMap<>();
  private final Map<String, String> headers = new LinkedHashMap<>();

  ProblemException(Problem problem, String detail) {
    super(detail, null, false, false);
    this.problem = problem;
  }

  /** The same with a further member of the problem's JSON. */
  ProblemException with(String member, @Nullable Object value) {
    members.put(member, value);
    return this;
  }

  /** The same with a header of the answer. */
  ProblemException withHeader(String name, String value) {
    headers.put(name, value);
    return this;
  }

  Problem problem() {
    return problem;
  }

  /** What the client is told (RFC 9457, 3). */
  Answer answer() {
    var body = new JsonObject()
        .put("type", problem.type())
        .put("title", problem.title())
        .put("status", problem.status())
        .put("detail", getMessage());
    members.forEach(body::put);
    return new Answer(problem.status(), MediaTypes.PROBLEM, body.toString(), headers);
  }
}
