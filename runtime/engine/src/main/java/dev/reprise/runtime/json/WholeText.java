package dev.reprise.runtime.json;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.ObjectReader;

/** Reads a text that is one value and nothing else. */
final class WholeText {
  private WholeText() {}

  static @Nullable Object read(JsonParser parser, ObjectReader reader) {
    if (parser.nextToken() == null) {
      throw new EmptyText(parser);
    }
    var value = reader.<@Nullable Object>readValue(parser);
    requireEnd(parser);
    return value;
  }

  static void requireEnd(JsonParser parser) {
    if (parser.nextToken() != null) {
      throw new MoreText(parser);
    }
  }

  /** There is no value. */
  static final class EmptyText extends StreamReadException {
    EmptyText(JsonParser parser) {
      super(parser, "empty");
    }
  }

  /** There is something after the value. */
  static final class MoreText extends StreamReadException {
    MoreText(JsonParser parser) {
      super(parser, "more");
    }
  }
}
