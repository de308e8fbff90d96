package dev.reprise.runtime.record;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows in the text format of COPY. For one thread. */
public final class CopyText {
  private final StringBuilder text = new StringBuilder();
  private boolean first = true;

  /** A number, a position, a word: nothing that needs escaping. */
  public CopyText plain(Object value) {
    separate();
    text.append(value);
    return this;
  }

  /** SQL's null. */
  public CopyText nothing() {
    return plain("\\N");
  }

  /** An array of texts, with nulls as elements; null for no array. */
  public CopyText texts(@Nullable List<? extends @Nullable String> values) {
    if (values == null) {
      return nothing();
    }
    separate();
    text.append('{');
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) {
        text.append(',');
      }
      element(values.get(i));
    }
    text.append('}');
    return this;
  }

  /** An array of numbers. */
  public CopyText numbers(List<Integer> values) {
    separate();
    text.append('{');
    for (int i = 0; i < values.size(); i++) {
      text.append(i > 0 ? "," : "").append(values.get(i));
    }
    text.append('}');
    return this;
  }

  /** Ends the row. */
  public void end() {
    text.append('\n');
    first = true;
  }

  /** How many characters there are. */
  public int length() {
    return text.length();
  }

  /** Gives all rows and begins anew. */
  public String take() {
    var taken = text.toString();
    text.setLength(0);
    return taken;
  }

  private void separate() {
    if (!first) {
      text.append('\t');
    }
    first = false;
  }

  /** Escaped twice: a quote or backslash for the array, whatever is not plain for COPY. */
  private void element(@Nullable String value) {
    if (value == null) {
      text.append("NULL");
      return;
    }
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\\\"");
        case '\\' -> text.append("\\\\\\\\");
        case '\t' -> text.append("\\t");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        default -> text.append(c);
      }
    }
    text.append('"');
  }
}
