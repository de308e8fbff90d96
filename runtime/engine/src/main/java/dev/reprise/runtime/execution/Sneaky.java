package dev.reprise.runtime.execution;

/** Throws checked exceptions where the language does not see that the caller declared them. */
final class Sneaky {
  private Sneaky() {}

  /** Throws {@code thrown} as it is; the return type only helps callers to end a method. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <X extends Throwable> RuntimeException raise(Throwable thrown) throws X {
    throw (X) thrown;
  }
}
