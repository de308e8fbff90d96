package dev.reprise.runtime.json;

import tools.jackson.core.JacksonException;

/** Where in a value something went wrong: {@code lines[0].price}. */
final class Paths {
  private Paths() {}

  static String of(JacksonException e) {
    return append(new StringBuilder(), e).toString();
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
