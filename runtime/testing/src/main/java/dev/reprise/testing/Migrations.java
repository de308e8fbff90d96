package dev.reprise.testing;

import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.postgres.Migrator;
import java.util.List;

/** Makes the tables of an application in a fresh database. */
@FunctionalInterface
interface Migrations {
  /** No tables. */
  Migrations NONE = (database, application) -> {};

  /** The place where a server looks, if it is there. */
  Migrations WHERE_THERE_ARE_ANY = Migrator::migrateApplication;

  /** From places that have to be there; none stand for the place where a server looks. */
  static Migrations of(String... locations) {
    var places = locations.length == 0 ? List.of("classpath:db/migration") : List.of(locations);
    return (database, application) -> Migrator.migrateApplication(database, application, places);
  }

  /** Runs them; {@code application} sees the resources. */
  void run(DatabaseConfig database, ClassLoader application);
}
