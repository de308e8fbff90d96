package dev.reprise.debugger.report;

import dev.reprise.debugger.report.TableShape.Column;
import org.jspecify.annotations.Nullable;

/** Values and comments as they stand in SQL. */
final class Sql {
  private Sql() {}

  /** A string on one line, whatever the server's setting for backslashes. */
  static String literal(String text) {
    var quoted = new StringBuilder();
    boolean escaped = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\'') {
        quoted.append("''");
      } else if (c == '\\') {
        quoted.append("\\\\");
        escaped = true;
      } else if (c < ' ') {
        quoted.append(c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\x%02x".formatted((int) c));
        escaped = true;
      } else {
        quoted.append(c);
      }
    }
    return (escaped ? "E'" : "'") + quoted + "'";
  }

  /** A value of a column, by its text. */
  static String value(Column column, @Nullable String text) {
    if (text == null) {
      return "null";
    }
    return switch (column.kind()) {
      case NUMBER -> text.matches("-?[0-9]+(\\.[0-9]+)?") ? text : cast(column, text);
      case BOOLEAN -> text.equals("true") || text.equals("false") ? text : cast(column, text);
      case TEXT -> literal(text);
      case CAST, BY_TEXT -> cast(column, text);
    };
  }

  /** A condition that the column has the value, null being a value. */
  static String has(Column column, @Nullable String text) {
    if (text == null) {
      return column.sql() + " is null";
    }
    return column.kind() == TableShape.Kind.BY_TEXT
        ? column.sql() + "::text is not distinct from " + literal(text)
        : column.sql() + " is not distinct from " + value(column, text);
  }

  /** For a line of a comment: nothing in it ends the line. */
  static String comment(@Nullable String text) {
    return String.valueOf(text)
        .replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ")
        .replace("*/", "* /")
        .replace("/*", "/ *");
  }

  private static String cast(Column column, String text) {
    return literal(text) + "::" + column.type();
  }
}
