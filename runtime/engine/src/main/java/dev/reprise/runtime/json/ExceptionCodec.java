package dev.reprise.runtime.json;

import dev.reprise.FunctionException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Exceptions as JSON and back: <code>{"type": .., "message": .., "causes": [{"type": .., "message": ..}]}</code>. Fields
 * and stack traces are not kept.
 *
 * <p>An exception is rebuilt by the first of its constructors {@code (String, Throwable)}, {@code (String)}, {@code ()}
 * that gives the recorded message; where none does, or the loader has no such exception, it becomes a
 * {@link FunctionException} that carries type and message. A driver's own kind of {@link SQLException} comes back as that,
 * because this is what functions declare and handlers catch. Nothing but a subclass of {@link Throwable} is ever
 * initialised.
 */
public final class ExceptionCodec {
  private static final int MAX_CAUSES = 10;
  private static final int MAX_MESSAGE = 10_000;

  private ExceptionCodec() {}

  /** Writes type, message and causes: at most ten causes, and 10,000 characters of a message. */
  public static String encode(Throwable exception) {
    var causes = new ArrayList<JsonObject>();
    var cause = exception.getCause();
    while (cause != null && causes.size() < MAX_CAUSES) {
      causes.add(object(cause));
      cause = cause.getCause();
    }
    return object(exception).put("causes", causes).toString();
  }

  /** Rebuilds what {@link #encode} wrote; its stack trace begins here. */
  public static Throwable decode(String json, ClassLoader loader) {
    var error = describe(json);
    @Nullable Throwable cause = null;
    for (int i = error.causes().size() - 1; i >= 0; i--) {
      var link = error.causes().get(i);
      cause = rebuild(link.type(), link.message(), cause, loader);
    }
    return rebuild(error.type(), error.message(), cause, loader);
  }

  /**
   * Reads what {@link #encode} wrote without rebuilding it.
   *
   * @throws UnreadableJsonException where the text is no recorded exception
   */
  public static ErrorInfo describe(String json) {
    if (!(Json.parse(json) instanceof Map<?, ?> error)) {
      throw new UnreadableJsonException("the text is no recorded exception", "", null);
    }
    var causes = new ArrayList<ErrorInfo.Cause>();
    if (error.get("causes") instanceof List<?> list) {
      for (var item : list) {
        if (item instanceof Map<?, ?> cause) {
          causes.add(new ErrorInfo.Cause(type(cause), message(cause)));
        }
      }
    }
    return new ErrorInfo(type(error), message(error), causes);
  }

  private static JsonObject object(Throwable exception) {
    var type = exception instanceof FunctionException foreign
        ? foreign.errorType()
        : exception.getClass().getName();
    return new JsonObject().put("type", type).put("message", messageOf(exception));
  }

  private static @Nullable String messageOf(Throwable exception) {
    try {
      var message = exception.getMessage();
      return message == null || message.length() <= MAX_MESSAGE
          ? message
          : message.substring(0, MAX_MESSAGE);
    } catch (RuntimeException e) {
      return "(its getMessage() threw " + e.getClass().getName() + ")";
    }
  }

  private static String type(Map<?, ?> error) {
    if (error.get("type") instanceof String type) {
      return type;
    }
    throw new UnreadableJsonException("the recorded exception has no type", "type", null);
  }

  private static @Nullable String message(Map<?, ?> error) {
    return error.get("message") instanceof String message ? message : null;
  }

  private static Throwable rebuild(
      String type, @Nullable String message, @Nullable Throwable cause, ClassLoader loader) {
    var found = load(type, loader);
    if (found != null) {
      for (var candidate : Candidate.of(message, cause)) {
        var exception = candidate.tryWith(found);
        if (exception != null && Objects.equals(messageOf(exception), message)) {
          return exception;
        }
      }
      if (SQLException.class.isAssignableFrom(found)) {
        return new SQLException(message, cause);
      }
    }
    return new FunctionException(type, message, cause);
  }

  private static @Nullable Class<? extends Throwable> load(String type, ClassLoader loader) {
    try {
      var found = Class.forName(type, false, loader);
      return Throwable.class.isAssignableFrom(found) && found != FunctionException.class
          ? found.asSubclass(Throwable.class)
          : null;
    } catch (ClassNotFoundException | LinkageError e) {
      return null;
    }
  }

  /** A constructor to try. */
  private record Candidate(
      List<Class<?>> parameters,
      List<@Nullable Object> arguments,
      @Nullable Throwable causeToSet) {
    static List<Candidate> of(@Nullable String message, @Nullable Throwable cause) {
      return List.of(
          new Candidate(
              List.of(String.class, Throwable.class), Arrays.asList(message, cause), null),
          new Candidate(List.of(String.class), Arrays.asList((Object) message), cause),
          new Candidate(List.of(), List.of(), cause));
    }

    /** The exception; null where the class has no such constructor, or it refuses. */
    @Nullable
    Throwable tryWith(Class<? extends Throwable> type) {
      try {
        Constructor<? extends Throwable> constructor =
            type.getDeclaredConstructor(parameters.toArray(Class<?>[]::new));
        constructor.setAccessible(true);
        Throwable exception = constructor.newInstance(arguments.toArray());
        if (causeToSet != null && exception.getCause() == null) {
          exception.initCause(causeToSet);
        }
        return exception;
      } catch (ReflectiveOperationException
          | InaccessibleObjectException
          | IllegalStateException
          | LinkageError e) {
        return null;
      }
    }
  }
}
