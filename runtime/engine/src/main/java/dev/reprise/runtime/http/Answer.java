package dev.reprise.runtime.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a request is answered with. Immutable.
 *
 * @param contentType of the body; without meaning where the body is empty
 * @param body empty for none
 */
record Answer(int status, String contentType, String body, Map<String, String> headers) {
  /** Nothing: what was to be sent is sent. */
  static final Answer SENT = empty(0);

  Answer {
    headers = Map.copyOf(headers);
  }

  /** A JSON text. */
  static Answer json(int status, String body) {
    return new Answer(status, MediaTypes.JSON, body, Map.of());
  }

  /** A text of another type. */
  static Answer text(String contentType, String body) {
    return new Answer(200, contentType, body, Map.of());
  }

  /** No body. */
  static Answer empty(int status) {
    return new Answer(status, MediaTypes.JSON, "", Map.of());
  }

  /** The same with a header, in place of one of that name. */
  Answer with(String header, String value) {
    var all = new LinkedHashMap<>(headers);
    all.put(header, value);
    return new Answer(status, contentType, body, all);
  }
}
