package dev.reprise.runtime.json;

/** UTF-8 and so PostgreSQL has no halves of surrogate pairs; Java strings may hold them. JSON can escape them. */
final class Surrogates {
  private Surrogates() {}

  /** Escapes every char of JSON text that is half a pair. */
  static String escapeLone(String json) {
    for (int i = 0; i < json.length(); i++) {
      if (isLone(json, i)) {
        return escapeFrom(json, i);
      }
    }
    return json;
  }

  private static String escapeFrom(String json, int first) {
    var text = new StringBuilder(json.length() + 16).append(json, 0, first);
    for (int i = first; i < json.length(); i++) {
      if (isLone(json, i)) {
        text.append("\\u").append(Integer.toHexString(json.charAt(i)));
      } else {
        text.append(json.charAt(i));
      }
    }
    return text.toString();
  }

  private static boolean isLone(String json, int i) {
    char c = json.charAt(i);
    if (!Character.isSurrogate(c)) {
      return false;
    }
    return Character.isHighSurrogate(c)
        ? i + 1 == json.length() || !Character.isLowSurrogate(json.charAt(i + 1))
        : i == 0 || !Character.isHighSurrogate(json.charAt(i - 1));
  }
}
