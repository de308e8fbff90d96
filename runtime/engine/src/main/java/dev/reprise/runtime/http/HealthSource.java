package dev.reprise.runtime.http;

import java.util.List;

/** Tells how a node fares; asked at every {@code /health/ready}, so an answer must come quickly. Thread-safe. */
@FunctionalInterface
public interface HealthSource {
  /** Looks at everything that the node needs in order to take work. */
  List<Check> checks();

  /**
   * One thing that the node needs.
   *
   * @param name a word: {@code database}
   * @param detail for people, without secrets
   */
  record Check(String name, boolean healthy, String detail) {}
}
