package dev.reprise.runtime.http;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code traceparent} of W3C Trace Context, level 1. */
final class TraceParent {
  /** The name of the header. */
  static final String HEADER = "traceparent";

  private static final Pattern SHAPE =
      Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  private TraceParent() {}

  /** The trace to go on with; null where the header is missing, repeated or malformed: then a new trace begins (W3C, 3.2.2.3). */
  static @Nullable String parse(List<String> values) {
    return values.size() == 1 && SHAPE.matcher(values.get(0)).matches() ? values.get(0) : null;
  }
}
