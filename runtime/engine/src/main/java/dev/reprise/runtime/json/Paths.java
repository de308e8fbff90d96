package dev.reprise.runtime.json;

import tools.jackson.core.JacksonException;

/** Where in a value something went wrong: {@code lines[0].price}; of a very long way, the beginning and the end. */
final class Paths {
  private static final int LONG = 160;
  private static final int SHOWN = 60;

  private Paths() {}

  static String of(JacksonException e) {
    var path = append(new StringBuilder(), e).toString();
    return path.length() <= LONG
        ? path
        : path.substring(0, SHOWN) + "..." + path.substring(path.length() - SHOWN);
  }

  static StringBuilder append(StringBuilder path, JacksonException e) {
    for (var reference : e.getPath()) {
      var name = reference.getPropertyName();
      if (name == null) {
        path.append('[').append(Math.max(reference.getIndex(), 0)).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(Json.pathStep(name));
      }
    }
    return path;
  }
}
