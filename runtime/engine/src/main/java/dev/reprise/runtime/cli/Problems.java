package dev.reprise.runtime.cli;

import dev.reprise.RepriseException;
import dev.reprise.runtime.cli.ServerClient.Reply;
import java.util.Set;

/** What to do with an answer that is a problem (RFC 9457). */
final class Problems {
  private static final String PREFIX = "urn:reprise:problem:";
  /** Answers about an execution, as opposed to a request that could not be served. */
  private static final Set<String> NEGATIVE =
      Set.of("function-failed", "timed-out", "cancelled", "parked", "stranded", "execution-ended");

  private Problems() {}

  /**
   * Tells a negative answer and gives its exit code.
   *
   * @throws RepriseException where the request could not be served
   */
  static int tell(Output output, Reply reply) {
    var problem = reply.object();
    var name = name(reply);
    var detail = detail(reply);
    if (!NEGATIVE.contains(name)) {
      throw refused(reply);
    }
    if (output.isJson()) {
      output.data(() -> problem, () -> "");
    } else {
      var type = reply.text("errorType");
      output.note("reprise: " + name + ": " + (type.isEmpty() ? "" : type + ": ") + detail);
      reply.executionId().ifPresent(id -> output.note("reprise: execution " + id));
    }
    return RepriseCommand.NEGATIVE;
  }

  /** Passes an answer on that is none. */
  static Reply requireNone(Reply reply) {
    if (reply.isProblem()) {
      throw refused(reply);
    }
    return reply;
  }

  private static RepriseException refused(Reply reply) {
    var name = name(reply);
    var detail = detail(reply);
    return new RepriseException("the server answered " + reply.status()
        + (name.isEmpty() ? "" : " (" + name + ")") + (detail.isEmpty() ? "" : ": " + detail));
  }

  private static String name(Reply reply) {
    return reply.text("type").replace(PREFIX, "");
  }

  private static String detail(Reply reply) {
    return reply.text("detail").isEmpty() ? reply.text("title") : reply.text("detail");
  }
}
