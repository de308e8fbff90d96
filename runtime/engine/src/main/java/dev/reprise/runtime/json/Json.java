package dev.reprise.runtime.json;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;

/**
 * JSON as plain Java: {@code Map<String, Object>} (in the order of the text), {@code List<Object>}, {@code String},
 * {@code Integer}, {@code Long}, {@code BigInteger}, {@code BigDecimal}, {@code Boolean}, null. For text whose type is
 * nobody's class; values of functions go through {@link JsonCodec}.
 */
public final class Json {
  private static final ObjectReader READER;
  private static final ObjectWriter WRITER;
  private static final ObjectWriter PRETTY;
  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_$-]{1,200}");

  static {
    var mapper = JsonMappers.plain();
    READER = mapper.readerFor(Object.class);
    WRITER = mapper.writer();
    PRETTY = mapper.writerWithDefaultPrettyPrinter();
  }

  private Json() {}

  /**
   * Reads any JSON text.
   *
   * @throws UnreadableJsonException for malformed text, naming line and column
   */
  public static @Nullable Object parse(String json) {
    try (var parser = READER.createParser(json)) {
      return WholeText.read(parser, READER);
    } catch (JacksonException e) {
      throw new UnreadableJsonException("the text " + ReadProblem.of(e).text(), "", e);
    }
  }

  /**
   * Writes plain Java: what {@link #parse} gives, {@link JsonObject}, other numbers, collections, {@code java.time} as ISO
   * text, enums by name.
   *
   * @throws NotSerializableException for anything else that cannot be written
   */
  public static String write(@Nullable Object value) {
    return write(WRITER, value);
  }

  /** The same JSON text on several lines, for people. */
  public static String pretty(String json) {
    return write(PRETTY, parse(json));
  }

  /** The text as a JSON string, with its quotes. */
  public static String quote(String text) {
    return write(text);
  }

  /** A property in a path: as it is where that is readable, else quoted and cut. */
  static String pathStep(String name) {
    if (PLAIN_NAME.matcher(name).matches()) {
      return name;
    }
    return quote(name.length() <= 200 ? name : name.substring(0, 200) + "...");
  }

  private static String write(ObjectWriter writer, @Nullable Object value) {
    try {
      return Surrogates.escapeLone(writer.writeValueAsString(value));
    } catch (JacksonException e) {
      var type = value == null ? "null" : value.getClass().getName();
      throw new NotSerializableException(type, Paths.of(e), e.getOriginalMessage(), e);
    }
  }
}
