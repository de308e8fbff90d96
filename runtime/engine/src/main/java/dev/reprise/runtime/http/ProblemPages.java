package dev.reprise.runtime.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers as {@link Problem} what fails before a route is reached: malformed requests, above all. */
final class ProblemPages extends ErrorHandler {
  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      String message,
      @Nullable Throwable cause,
      Callback callback)
      throws IOException {
    var answer = answer(code, cause);
    response.setStatus(answer.status());
    response.getHeaders().put("Content-Type", answer.contentType());
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    Content.Sink.write(response, true, answer.body(), callback);
  }

  /** Answers an {@link Error} of a handler. */
  static void write(HttpServletResponse response, Error error) {
    var answer = Failures.problem(error).answer();
    try {
      response.setStatus(answer.status());
      response.setContentType(answer.contentType());
      response.getOutputStream().write(answer.body().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      error.addSuppressed(e);
    }
  }

  /** 501 and 505 are what Jetty says to a coding or a version that the client made up. */
  private static Answer answer(int code, @Nullable Throwable cause) {
    if (code < 500 || code == 501 || code == 505) {
      return Failures.ofStatus(code, "the request is not HTTP as this server reads it")
          .answer();
    }
    if (code == 503) {
      return Problem.SHUTTING_DOWN
          .because("this server takes no more requests")
          .withHeader("Retry-After", "5")
          .answer();
    }
    return Failures.problem(
            cause == null ? new IllegalStateException("the server answered " + code) : cause)
        .answer();
  }
}
