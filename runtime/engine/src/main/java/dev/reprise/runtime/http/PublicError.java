package dev.reprise.runtime.http;

import dev.reprise.runtime.json.ErrorInfo;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A recorded exception as clients may see it. Messages of the database tell of tables, statements and values; they are
 * replaced, also where another exception repeats them. The database itself keeps the whole record.
 */
final class PublicError {
  private static final String NEUTRAL =
      "the database refused a statement of the function; see the execution's log on the server";

  private static final List<String> DATABASE = List.of(
      "java.sql.",
      "javax.sql.",
      "org.postgresql.",
      "com.zaxxer.hikari.",
      "org.springframework.dao.",
      "org.springframework.jdbc.",
      "org.jooq.",
      "org.jdbi.",
      "org.apache.ibatis.",
      "org.hibernate.",
      "jakarta.persistence.");

  private final ErrorInfo error;

  private PublicError(ErrorInfo error) {
    this.error = error;
  }

  /** From the JSON of a row; null where the row has none. */
  static @Nullable PublicError of(@Nullable String recorded) {
    if (recorded == null) {
      return null;
    }
    var error = ExceptionCodec.describe(recorded);
    var secrets = secrets(error);
    var causes = new ArrayList<ErrorInfo.Cause>();
    for (var cause : error.causes()) {
      causes.add(
          new ErrorInfo.Cause(cause.type(), cleaned(cause.type(), cause.message(), secrets)));
    }
    var message = cleaned(error.type(), error.message(), secrets);
    return new PublicError(new ErrorInfo(error.type(), message, causes));
  }

  /** The binary name of the exception's class. */
  String type() {
    return error.type();
  }

  /** Its message; a sentence that names the type where it has none. */
  String detail() {
    var message = error.message();
    return message == null || message.isBlank()
        ? "the function threw " + error.type() + " without a message"
        : message;
  }

  /** The JSON object of the views: {@code {"type", "message", "causes"}}. */
  JsonObject view() {
    var causes = error.causes().stream()
        .map(cause -> new JsonObject().put("type", cause.type()).put("message", cause.message()))
        .toList();
    return new JsonObject()
        .put("type", error.type())
        .put("message", error.message())
        .put("causes", causes);
  }

  private static List<String> secrets(ErrorInfo error) {
    return error.causes().stream()
        .filter(cause -> isDatabase(cause.type()))
        .map(ErrorInfo.Cause::message)
        .filter(Objects::nonNull)
        .filter(message -> !message.isBlank())
        .toList();
  }

  private static @Nullable String cleaned(
      String type, @Nullable String message, List<String> secrets) {
    if (isDatabase(type)) {
      return NEUTRAL;
    }
    return message != null && secrets.stream().anyMatch(message::contains) ? NEUTRAL : message;
  }

  private static boolean isDatabase(String type) {
    return DATABASE.stream().anyMatch(type::startsWith);
  }
}
