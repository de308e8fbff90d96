package dev.reprise;

/** What a jar brings besides functions: objects that are injected into their constructors, by exact type, and queues. */
public interface Bindings {
  /**
   * Injects {@code instance} wherever a constructor asks for {@code type}. An {@link AutoCloseable} is closed with the
   * runtime.
   *
   * @throws IllegalArgumentException where the type is bound already, or is one that Reprise provides itself
   */
  <X> Bindings bind(Class<X> type, X instance);

  /**
   * Declares a queue. It is there as soon as this version of the code takes new calls.
   *
   * @throws IllegalArgumentException where one of that name is declared already
   */
  Bindings queue(WorkQueue queue);
}
