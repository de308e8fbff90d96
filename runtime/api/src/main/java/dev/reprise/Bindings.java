package dev.reprise;

/** Objects that are injected into the constructors of functions, by exact type. */
public interface Bindings {
  /**
   * Injects {@code instance} wherever a constructor asks for {@code type}. An {@link AutoCloseable} is closed with the
   * runtime.
   *
   * @throws IllegalArgumentException where the type is bound already, or is one that Reprise provides itself
   */
  <X> Bindings bind(Class<X> type, X instance);
}
