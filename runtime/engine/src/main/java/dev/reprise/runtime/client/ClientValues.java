package dev.reprise.runtime.client;

import dev.reprise.runtime.json.JsonCodec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Arguments and results as JSON. */
final class ClientValues {
  private static final JsonCodec CODEC = new JsonCodec();

  private ClientValues() {}

  /** The arguments as a JSON array. */
  static String arguments(List<? extends @Nullable Object> arguments) {
    var texts = new ArrayList<String>();
    for (Object argument : arguments) {
      texts.add(argument == null ? "null" : CODEC.encode(argument, argument.getClass()));
    }
    return "[" + String.join(",", texts) + "]";
  }

  /** One value, with the same text in every process: the server compares what has the same key. */
  static String value(Object value) {
    return CODEC.encodeCanonically(value, value.getClass());
  }

  /** A result; null where there is none. */
  @SuppressWarnings({"unchecked", "NullAway"}) // T says itself whether it may be null
  static <T extends @Nullable Object> T result(@Nullable String json, Class<T> type) {
    return json == null || type == Void.class || type == void.class
        ? null
        : (T) CODEC.decode(json, type);
  }
}
