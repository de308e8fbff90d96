package dev.reprise.debugger.replay;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The text form of a row, {@code (1,"a b",,t)}, in which every value has the form of its type's output function. */
public final class RowText {
  private RowText() {}

  /** The values of a row; null for SQL's null. */
  public static List<@Nullable String> parse(String row) {
    var values = new ArrayList<@Nullable String>();
    int i = 1;
    while (i < row.length()) {
      var value = new StringBuilder();
      boolean isNull = true;
      boolean quoted = false;
      for (; i < row.length(); i++) {
        char c = row.charAt(i);
        if (!quoted && (c == ',' || c == ')' && i == row.length() - 1)) {
          break;
        }
        isNull = false;
        if (c == '\\') {
          value.append(row.charAt(++i));
        } else if (c == '"' && quoted && row.charAt(i + 1) == '"') {
          value.append(row.charAt(++i));
        } else if (c == '"') {
          quoted = !quoted;
        } else {
          value.append(c);
        }
      }
      values.add(isNull ? null : value.toString());
      i++;
    }
    return values;
  }

  /** The text form of values; the server reads it, and may write it otherwise. */
  public static String of(List<? extends @Nullable String> values) {
    var row = new StringBuilder("(");
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) {
        row.append(',');
      }
      var value = values.get(i);
      if (value != null) {
        row.append('"')
            .append(value.replace("\\", "\\\\").replace("\"", "\"\""))
            .append('"');
      }
    }
    return row.append(')').toString();
  }
}
