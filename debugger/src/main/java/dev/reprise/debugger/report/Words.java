package dev.reprise.debugger.report;

import dev.reprise.debugger.retro.Redone;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.json.UnreadableJsonException;
import org.jspecify.annotations.Nullable;

/** Values and counts as people read them. */
final class Words {
  private Words() {}

  /** {@code 1 row}, {@code 2 rows}. */
  static String count(long count, String of) {
    return count + " " + of + (count == 1 ? "" : "s");
  }

  /** How many rows differ. */
  static String differ(long rows) {
    return rows == 0 ? "no row differs" : count(rows, "row") + (rows == 1 ? " differs" : " differ");
  }

  /** At most so many characters. */
  static String cut(@Nullable String text, int length) {
    var value = text == null ? "null" : text;
    if (value.length() <= length) {
      return value;
    }
    int end = Character.isHighSurrogate(value.charAt(length - 2)) ? length - 2 : length - 1;
    return value.substring(0, end) + "…";
  }

  /** On one line, without characters that a terminal obeys. */
  static String line(@Nullable String text) {
    return String.valueOf(text).replaceAll("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]+", " ");
  }

  /** An outcome of a transaction, output or exception in JSON. */
  static String outcome(@Nullable String output, @Nullable String error) {
    return error != null ? error(error) : output == null ? "nothing" : output;
  }

  /** An outcome of an execution; null for none. */
  static String ending(Redone.@Nullable Ending ending) {
    if (ending == null) {
      return "no end";
    }
    if (ending.error() != null) {
      return ending.status() + " " + ending.error();
    }
    return ending.output() == null
        ? ending.status().toString()
        : ending.status() + " " + ending.output();
  }

  private static String error(String json) {
    try {
      var error = ExceptionCodec.describe(json);
      var type = error.type().substring(error.type().lastIndexOf('.') + 1);
      return error.message() == null ? type : type + ": " + error.message();
    } catch (UnreadableJsonException e) {
      return json; // it is shown as it is
    }
  }
}
