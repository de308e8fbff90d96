package dev.reprise.testing;

import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.postgres.Migrator;
import java.util.List;

/**
 * Where the tables of an application come from.
 *
 * @param places as Flyway knows them; none for no tables
 * @param required whether each has to be there
 */
record Migrations(List<String> places, boolean required) {
  private static final List<String> WHERE_A_SERVER_LOOKS = List.of("classpath:db/migration");

  static final Migrations NONE = new Migrations(List.of(), true);
  static final Migrations IF_THERE_ARE_ANY = new Migrations(WHERE_A_SERVER_LOOKS, false);

  /** From places that have to be there; none stand for the one where a server looks. */
  static Migrations of(String... locations) {
    return new Migrations(locations.length == 0 ? WHERE_A_SERVER_LOOKS : List.of(locations), true);
  }

  /** Runs them; {@code application} sees the resources. */
  void run(DatabaseConfig database, ClassLoader application) {
    if (!required) {
      Migrator.migrateApplication(database, application);
    } else if (!places.isEmpty()) {
      Migrator.migrateApplication(database, application, places);
    }
  }
}
