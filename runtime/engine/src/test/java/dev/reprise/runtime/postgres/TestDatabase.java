package dev.reprise.runtime.postgres;

/** A fresh database for a test class, on the server that there is for tests. */
public final class TestDatabase {
  private TestDatabase() {}

  /** To be closed by the test. */
  public static ScratchDatabase create() {
    return ScratchDatabase.forTests();
  }
}
