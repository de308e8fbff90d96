package dev.reprise.debugger.trace;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which values were replaced by which, to be found in other texts. For one thread. */
final class Replacements {
  /** Shorter ones are replaced where they are the whole text, not within it: they may stand for anything. */
  private static final int SHORTEST_WORD = 3;
  /** Likewise, and as numbers in JSON. */
  private static final int SHORTEST_NUMBER = 5;

  private final Map<String, String> others = new HashMap<>();
  private final Map<String, String> words = new HashMap<>();
  private final Map<String, String> numbers = new HashMap<>();
  private final Set<Integer> lengths = new TreeSet<>(Comparator.reverseOrder());

  void add(ValueKind kind, String value, String other) {
    boolean isTime = kind == ValueKind.TIMESTAMP || kind == ValueKind.TIMESTAMP_WITH_ZONE;
    if (isTime) {
      put(Pseudonyms.iso(kind, value), Pseudonyms.iso(kind, other), SHORTEST_WORD);
    } else if (kind == ValueKind.PADDED_TEXT) {
      put(value.stripTrailing(), other.stripTrailing(), SHORTEST_WORD);
    }
    boolean isNumber = kind == ValueKind.NUMBER || kind == ValueKind.FLOAT;
    put(value, other, isNumber ? SHORTEST_NUMBER : SHORTEST_WORD);
    if (isNumber && value.length() >= SHORTEST_NUMBER) {
      numbers.put(value, other);
    }
  }

  private void put(String value, String other, int shortest) {
    if (others.putIfAbsent(value, other) == null && value.length() >= shortest) {
      words.put(value, other);
      lengths.add(value.length());
    }
  }

  /** The text with all replaced that is in it, as the whole or as words. */
  String in(String text) {
    var whole = others.get(text);
    if (whole != null) {
      return whole;
    }
    if (words.isEmpty()) {
      return text;
    }
    StringBuilder out = null;
    for (int i = 0; i < text.length(); ) {
      int length = isWordAt(text, i) ? longestAt(text, i) : 0;
      if (length > 0) {
        out = out == null ? new StringBuilder(text.substring(0, i)) : out;
        out.append(words.get(text.substring(i, i + length)));
      } else if (out != null) {
        out.append(text.charAt(i));
      }
      i += Math.max(1, length);
    }
    return out == null ? text : out.toString();
  }

  /** A number in JSON. */
  String ofNumber(String number) {
    return numbers.getOrDefault(number, number);
  }

  private int longestAt(String text, int begin) {
    for (int length : lengths) {
      int end = begin + length;
      if (end <= text.length()
          && isWordAt(text, end)
          && words.containsKey(text.substring(begin, end))) {
        return length;
      }
    }
    return 0;
  }

  /** Whether no word goes on across the place. */
  private static boolean isWordAt(String text, int place) {
    return place == 0
        || place == text.length()
        || !Character.isLetterOrDigit(text.charAt(place - 1))
        || !Character.isLetterOrDigit(text.charAt(place));
  }
}
