package dev.reprise.runtime.postgres;

import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.Environment;

/** A fresh database for a test class, on the server that {@code REPRISE_TEST_DATABASE} names, else on an embedded one. */
public final class TestDatabase {
  private TestDatabase() {}

  /** To be closed by the test. */
  public static ScratchDatabase create() {
    return Environment.ofProcess()
        .variable("REPRISE_TEST_DATABASE")
        .map(url -> ScratchDatabase.on(DatabaseConfig.of(url)))
        .orElseGet(ScratchDatabase::embedded);
  }
}
