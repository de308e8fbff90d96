package dev.reprise.runtime.json;

import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Java values as JSON and back, by declared type. Strict: unknown and duplicate properties, null for a primitive, text
 * for a number and a number for text are refused; no class is ever named by the data.
 *
 * <p>Immutable and thread-safe. It keeps what it learned of classes, so every application has one of its own.
 */
public final class JsonCodec {
  private final JsonMapper mapper = JsonMappers.strict();
  private final SchemaGenerator schemas = new SchemaGenerator(mapper);
  private final ConcurrentMap<Type, ObjectWriter> writers = new ConcurrentHashMap<>();
  private final ConcurrentMap<Type, ObjectWriter> canonicalWriters = new ConcurrentHashMap<>();
  private final ConcurrentMap<Type, ObjectReader> readers = new ConcurrentHashMap<>();

  /**
   * Writes a value.
   *
   * @param type the declared type; for {@code void} the value is null
   * @throws NotSerializableException naming the type and the place
   */
  public String encode(@Nullable Object value, Type type) {
    return write(writers.computeIfAbsent(type, this::writer), value, type);
  }

  /**
   * Reads a value.
   *
   * @return null for JSON null
   * @throws UnreadableJsonException naming the place
   */
  public @Nullable Object decode(String json, Type type) {
    if (type == void.class || type == Void.class) {
      return null;
    }
    try (var parser = mapper.createParser(json)) {
      return WholeText.read(parser, reader(type));
    } catch (JacksonException e) {
      var path = Paths.of(e);
      throw new UnreadableJsonException(
          "the JSON is not of type " + type.getTypeName() + (path.isEmpty() ? "" : " at " + path)
              + ": it " + ReadProblem.of(e).text(),
          path,
          e);
    }
  }

  /**
   * Writes the arguments of a call in a canonical form: a JSON array, map entries and set elements sorted, properties of
   * records in their order, of other classes in alphabetical order. Equal arguments give equal text.
   *
   * @throws NotSerializableException naming the type and the place
   */
  public String encodeArguments(List<? extends @Nullable Object> arguments, List<Type> types) {
    if (arguments.size() != types.size()) {
      throw new IllegalArgumentException(
          arguments.size() + " arguments for " + types.size() + " parameters");
    }
    var text = new StringBuilder("[");
    for (int i = 0; i < types.size(); i++) {
      if (i > 0) {
        text.append(',');
      }
      var type = types.get(i);
      text.append(write(canonicalWriter(type), arguments.get(i), type));
    }
    return text.append(']').toString();
  }

  /**
   * Writes a value in the form of {@link #encodeArguments}: equal values give equal text, in every process.
   *
   * @throws NotSerializableException naming the type and the place
   */
  public String encodeCanonically(@Nullable Object value, Type type) {
    return write(canonicalWriter(type), value, type);
  }

  /**
   * Reads what {@link #encodeArguments} wrote.
   *
   * @throws UnreadableJsonException naming the place; also where the number of arguments differs
   */
  public List<@Nullable Object> decodeArguments(String json, List<Type> types) {
    try {
      return new ArgumentReader(this).positional(json, types);
    } catch (BadArgumentsException e) {
      throw new UnreadableJsonException("recorded arguments: " + e.getMessage(), e.path(), e);
    }
  }

  /** The first eight bytes of the SHA-256 of the text. */
  public static long hash(String canonical) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(canonical.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /**
   * Why values of a type cannot be written and read back, as "contains java.io.InputStream, which ..": with the remedy,
   * for the author of a function; empty where they can, as far as can be told beforehand.
   */
  public Optional<String> problem(Type type) {
    return TypeRules.problem(type)
        .or(() -> new TypeWalk(mapper).problem(mapper.constructType(type), ""));
  }

  /** The JSON Schema (2020-12) of what is read and written for a type, as JSON text; self-contained. */
  public String schema(Type type) {
    return Json.write(schemas.schema(type));
  }

  /** The same for people, short: <code>{"item": string, "quantity": integer}</code>. */
  public String shape(Type type) {
    return Shapes.of(schemas.schema(type));
  }

  JsonParser parser(String json) {
    return mapper.createParser(json);
  }

  ObjectReader reader(Type type) {
    return readers.computeIfAbsent(type, key -> mapper.readerFor(mapper.constructType(key)));
  }

  private ObjectWriter canonicalWriter(Type type) {
    return canonicalWriters.computeIfAbsent(
        type,
        key -> writer(key)
            .with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .without(SerializationFeature.FAIL_ON_ORDER_MAP_BY_INCOMPARABLE_KEY)
            .withAttribute(SetsInOrder.CANONICAL, true));
  }

  private ObjectWriter writer(Type type) {
    return mapper.writerFor(mapper.constructType(type == void.class ? Void.class : type));
  }

  private static String write(ObjectWriter writer, @Nullable Object value, Type type) {
    try {
      return Surrogates.escapeLone(writer.writeValueAsString(value));
    } catch (JacksonException e) {
      throw new NotSerializableException(
          type.getTypeName(), Paths.of(e), e.getOriginalMessage(), e);
    }
  }
}
