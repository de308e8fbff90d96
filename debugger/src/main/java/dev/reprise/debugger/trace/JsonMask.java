package dev.reprise.debugger.trace;

import dev.reprise.runtime.json.Json;
import java.util.function.UnaryOperator;

/** Replaces values in JSON text and leaves every other character as it is. */
final class JsonMask {
  private final String json;
  private final UnaryOperator<String> strings;
  private final UnaryOperator<String> numbers;
  private final boolean isError;
  private final StringBuilder out = new StringBuilder();
  private String property = "";

  private JsonMask(
      String json, UnaryOperator<String> strings, UnaryOperator<String> numbers, boolean isError) {
    this.json = json;
    this.strings = strings;
    this.numbers = numbers;
    this.isError = isError;
  }

  /**
   * Replaces strings and numbers.
   *
   * @param isError whether it is a recorded exception, in which names of classes stay
   */
  static String replace(
      String json, UnaryOperator<String> strings, UnaryOperator<String> numbers, boolean isError) {
    return new JsonMask(json, strings, numbers, isError).run();
  }

  private String run() {
    for (int i = 0; i < json.length(); ) {
      char c = json.charAt(i);
      int end;
      if (c == '"') {
        end = endOfString(i);
        string(json.substring(i, end), isName(end));
      } else if (c == '-' || c >= '0' && c <= '9') {
        end = i + 1;
        while (end < json.length() && "0123456789+-.eE".indexOf(json.charAt(end)) >= 0) {
          end++;
        }
        out.append(numbers.apply(json.substring(i, end)));
      } else {
        end = i + 1;
        out.append(c);
      }
      i = end;
    }
    return out.toString();
  }

  private int endOfString(int begin) {
    int i = begin + 1;
    while (i < json.length() && json.charAt(i) != '"') {
      i += json.charAt(i) == '\\' ? 2 : 1;
    }
    return Math.min(i + 1, json.length());
  }

  private boolean isName(int end) {
    int i = end;
    while (i < json.length() && Character.isWhitespace(json.charAt(i))) {
      i++;
    }
    return i < json.length() && json.charAt(i) == ':';
  }

  private void string(String literal, boolean isName) {
    var text = String.valueOf(Json.parse(literal));
    if (isName) {
      property = text;
    }
    // names in the source of classes stay what they are; keys of maps are values
    boolean stays = isName ? isIdentifier(text) : isError && property.equals("type");
    var other = stays ? text : strings.apply(text);
    out.append(other.equals(text) ? literal : Json.quote(other));
  }

  private static boolean isIdentifier(String text) {
    return !text.isEmpty()
        && Character.isJavaIdentifierStart(text.charAt(0))
        && text.chars().allMatch(Character::isJavaIdentifierPart);
  }
}
