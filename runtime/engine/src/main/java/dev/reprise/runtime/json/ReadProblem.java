package dev.reprise.runtime.json;

import java.lang.reflect.InvocationTargetException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;

/**
 * What is wrong with a piece of JSON, in words that name neither classes nor Jackson.
 *
 * @param text goes after the name of the place: "is not an integer"
 */
record ReadProblem(String text) {
  static ReadProblem of(JacksonException e) {
    return new ReadProblem(text(e));
  }

  /** Whether the text is no JSON at all, rather than JSON that does not fit. */
  static boolean isMalformed(JacksonException e) {
    return e instanceof StreamReadException && !(e instanceof InputCoercionException);
  }

  private static String text(JacksonException e) {
    if (e instanceof UnrecognizedPropertyException) {
      return "is not a known property";
    }
    if (e instanceof MismatchedInputException mismatch) {
      if (mismatch.getCurrentToken() == JsonToken.VALUE_NULL) {
        return "is null";
      }
      return mismatch.getCurrentToken() == JsonToken.END_OBJECT
          ? "is missing"
          : "is not " + Shapes.noun(mismatch.getTargetType());
    }
    if (e instanceof ValueInstantiationException refused) {
      return refusal(refused.getCause());
    }
    if (e instanceof InputCoercionException) {
      return "is out of range";
    }
    if (e instanceof WholeText.EmptyText) {
      return "is empty";
    }
    if (e instanceof WholeText.MoreText) {
      return "goes on after its end";
    }
    if (e instanceof StreamConstraintsException) {
      return "is too large or too deep";
    }
    return e instanceof StreamReadException malformed ? malformed(malformed) : "cannot be read";
  }

  /** A constructor that checks its arguments says why by IllegalArgumentException: that is meant for the caller. */
  private static String refusal(@Nullable Throwable cause) {
    var reason = cause instanceof InvocationTargetException wrapped ? wrapped.getCause() : cause;
    return reason instanceof IllegalArgumentException && reason.getMessage() != null
        ? "was refused: " + reason.getMessage()
        : "was refused";
  }

  private static String malformed(StreamReadException e) {
    var duplicate = e.getOriginalMessage();
    if (duplicate != null && duplicate.startsWith("Duplicate Object property")) {
      return "has a property twice" + location(e);
    }
    return "is not valid JSON" + location(e);
  }

  private static String location(StreamReadException e) {
    var location = e.getLocation();
    return location == null
        ? ""
        : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
  }
}
