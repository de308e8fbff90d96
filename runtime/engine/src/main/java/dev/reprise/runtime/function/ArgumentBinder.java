package dev.reprise.runtime.function;

import dev.reprise.runtime.json.Argument;
import dev.reprise.runtime.json.ArgumentReader;
import dev.reprise.runtime.json.BadArgumentsException;
import dev.reprise.runtime.json.JsonCodec;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Binds the body of a request to the parameters of a function. Throws nothing but {@link BadArgumentsException}. */
public final class ArgumentBinder {
  private final ArgumentReader reader;

  /** Reading with the types as the codec knows them. */
  public ArgumentBinder(JsonCodec codec) {
    this.reader = new ArgumentReader(codec);
  }

  /**
   * The arguments in the order of the parameters. A JSON array is taken by position, an object by name, an empty body as
   * no arguments; an absent {@code Optional} is empty.
   *
   * @throws BadArgumentsException naming the argument, what is wrong with it and what is expected
   */
  public List<@Nullable Object> bind(String body, FunctionDefinition function) {
    return reader.read(
        body,
        function.parameters().stream()
            .map(parameter -> new Argument(parameter.name(), parameter.type()))
            .toList());
  }

  /** The same for the bytes of a body, which are UTF-8. */
  public List<@Nullable Object> bind(byte[] body, FunctionDefinition function) {
    return bind(text(body), function);
  }

  private static String text(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new BadArgumentsException(null, "", "the body is not UTF-8", "JSON in UTF-8", e);
    }
  }
}
