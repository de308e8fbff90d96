package dev.reprise.runtime.json;

import dev.reprise.RepriseException;
import org.jspecify.annotations.Nullable;

/** Arguments of a call that do not fit the function. The message is meant for the caller. */
public final class BadArgumentsException extends RepriseException {
  private final @Nullable String argument;
  private final String path;
  private final String problem;
  private final String expected;

  /**
   * With what was wrong.
   *
   * @param argument the name or the index from 0; null where it is not about one argument
   * @param path the place within the body: {@code order.lines[0].price}; empty for all of it
   */
  public BadArgumentsException(
      @Nullable String argument,
      String path,
      String problem,
      String expected,
      @Nullable Throwable cause) {
    super(
        (path.isEmpty() ? "" : "argument " + path + " ") + problem + "; expected: " + expected,
        cause);
    this.argument = argument;
    this.path = path;
    this.problem = problem;
    this.expected = expected;
  }

  /** The name of the argument, or its index from 0; null where it is not about one argument. */
  public @Nullable String argument() {
    return argument;
  }

  /** The place: {@code order.lines[0].price}; empty where it is not about one argument. */
  public String path() {
    return path;
  }

  /** What is wrong, without the place: "is missing", "is not an integer". */
  public String problem() {
    return problem;
  }

  /** The shape expected: <code>{"item": string, "quantity": integer}</code>. */
  public String expected() {
    return expected;
  }
}
