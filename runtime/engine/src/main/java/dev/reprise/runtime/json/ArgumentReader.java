package dev.reprise.runtime.json;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads the arguments of a call: a JSON array by position, an object by name, empty text as no arguments. Throws nothing
 * but {@link BadArgumentsException}. Thread-safe.
 */
public final class ArgumentReader {
  private static final Object ABSENT = new Object();

  private final JsonCodec codec;

  /** Reading with the types as the codec knows them. */
  public ArgumentReader(JsonCodec codec) {
    this.codec = codec;
  }

  /**
   * Reads the arguments in the order asked for.
   *
   * @throws BadArgumentsException naming the argument, what is wrong and what is expected
   */
  public List<@Nullable Object> read(String json, List<Argument> arguments) {
    if (json.isBlank()) {
      return absent(new @Nullable Object[0], arguments, false);
    }
    try (var parser = codec.parser(json)) {
      var first = parser.nextToken();
      if (first == JsonToken.START_ARRAY) {
        return byPosition(parser, arguments);
      }
      if (first == JsonToken.START_OBJECT) {
        return byName(parser, arguments);
      }
      throw bad("the body is neither a JSON array nor an object", arguments, null);
    } catch (JacksonException e) {
      throw bad("the body " + ReadProblem.of(e).text(), arguments, e);
    }
  }

  List<@Nullable Object> positional(String json, List<Type> types) {
    return read(json, types.stream().map(type -> new Argument(null, type)).toList());
  }

  private List<@Nullable Object> byPosition(JsonParser parser, List<Argument> arguments) {
    var values = new @Nullable Object[arguments.size()];
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (count < values.length) {
        values[count] = value(parser, arguments.get(count), String.valueOf(count), arguments);
      } else {
        parser.skipChildren();
      }
      count++;
    }
    WholeText.requireEnd(parser);
    if (count > values.length) {
      throw bad(
          count + (count == 1 ? " argument" : " arguments") + " given, " + values.length
              + " expected",
          arguments,
          null);
    }
    return absent(Arrays.copyOf(values, count), arguments, false);
  }

  private List<@Nullable Object> byName(JsonParser parser, List<Argument> arguments) {
    var values = new @Nullable Object[arguments.size()];
    Arrays.fill(values, ABSENT);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var name = parser.currentName();
      int index = indexOf(name, arguments);
      parser.nextToken();
      values[index] = value(parser, arguments.get(index), name, arguments);
    }
    WholeText.requireEnd(parser);
    return absent(values, arguments, true);
  }

  private int indexOf(String name, List<Argument> arguments) {
    for (int i = 0; i < arguments.size(); i++) {
      var known = arguments.get(i).name();
      if (known == null) {
        throw bad(
            "the names of the parameters are not known: give the arguments as an array, compile the function with"
                + " -parameters or annotate the parameters with @Param",
            arguments,
            null);
      }
      if (known.equals(name)) {
        return i;
      }
    }
    throw new BadArgumentsException(
        name, Json.pathStep(name), "is unknown", shape(arguments), null);
  }

  private @Nullable Object value(
      JsonParser parser, Argument argument, String label, List<Argument> all) {
    var token = parser.currentToken();
    try {
      return codec.reader(argument.type()).<@Nullable Object>readValue(parser);
    } catch (JacksonException e) {
      if (ReadProblem.isMalformed(e)) {
        throw bad("the body " + ReadProblem.of(e).text(), all, e);
      }
      var problem =
          token == JsonToken.VALUE_NULL ? "is null" : ReadProblem.of(e).text();
      throw new BadArgumentsException(
          label,
          Paths.append(new StringBuilder(Json.pathStep(label)), e).toString(),
          problem,
          codec.shape(argument.type()),
          e);
    }
  }

  /** Puts Optional.empty where an argument is absent, and refuses other absent ones. */
  private List<@Nullable Object> absent(
      @Nullable Object[] given, List<Argument> arguments, boolean named) {
    var values = new ArrayList<@Nullable Object>(arguments.size());
    for (int i = 0; i < arguments.size(); i++) {
      if (i < given.length && given[i] != ABSENT) {
        values.add(given[i]);
      } else if (isOptional(arguments.get(i).type())) {
        values.add(Optional.empty());
      } else if (named || given.length == 0) {
        throw missing(arguments, i);
      } else {
        throw bad(
            given.length + (given.length == 1 ? " argument" : " arguments") + " given, "
                + arguments.size() + " expected",
            arguments,
            null);
      }
    }
    return values;
  }

  private BadArgumentsException missing(List<Argument> arguments, int index) {
    var name = arguments.get(index).name();
    var label = name == null ? String.valueOf(index) : name;
    return new BadArgumentsException(label, label, "is missing", shape(arguments), null);
  }

  private BadArgumentsException bad(
      String problem, List<Argument> arguments, @Nullable Throwable cause) {
    return new BadArgumentsException(null, "", problem, shape(arguments), cause);
  }

  private String shape(List<Argument> arguments) {
    if (arguments.isEmpty()) {
      return "no arguments";
    }
    boolean named = arguments.stream().allMatch(argument -> argument.name() != null);
    return arguments.stream()
        .map(argument -> (named ? Json.quote(String.valueOf(argument.name())) + ": " : "")
            + codec.shape(argument.type()))
        .collect(Collectors.joining(", ", named ? "{" : "[", named ? "}" : "]"));
  }

  private static boolean isOptional(Type type) {
    return type == Optional.class
        || (type instanceof ParameterizedType generic && generic.getRawType() == Optional.class);
  }
}
