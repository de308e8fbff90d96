package dev.reprise.debugger.report;

import dev.reprise.runtime.json.ExceptionCodec;
import org.jspecify.annotations.Nullable;

/** Values as people read them. */
final class Shown {
  private Shown() {}

  /** At most so many characters. */
  static String cut(@Nullable String text, int length) {
    var value = text == null ? "null" : text;
    if (value.length() <= length) {
      return value;
    }
    int end = Character.isHighSurrogate(value.charAt(length - 2)) ? length - 2 : length - 1;
    return value.substring(0, end) + "…";
  }

  /** On one line. */
  static String line(@Nullable String text) {
    return String.valueOf(text).replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ");
  }

  /** Type and message of an exception in JSON. */
  static String error(String json) {
    var error = ExceptionCodec.describe(json);
    var type = error.type().substring(error.type().lastIndexOf('.') + 1);
    return error.message() == null ? type : type + ": " + error.message();
  }
}
