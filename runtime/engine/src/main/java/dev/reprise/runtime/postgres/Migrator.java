package dev.reprise.runtime.postgres;

import dev.reprise.RepriseException;
import dev.reprise.runtime.config.DatabaseConfig;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a schema of Reprise, and the tables of applications, to the version of the code. Of several nodes that start at
 * once one migrates and the others wait: Flyway holds an advisory lock of its own while it works. Thread-safe.
 */
public final class Migrator {
  private static final Logger LOG = LoggerFactory.getLogger(Migrator.class);
  private static final String HISTORY = "reprise_history";
  private static final String LOCATION = "dev/reprise/sql/";
  private static final String APPLICATION_LOCATION = "db/migration";
  private static final int LOCK_WAIT_SECONDS = 300;

  private final DatabaseConfig database;
  private final String schema;
  private final String location;

  /** For the migrations at a place of the class path; the schema is created by the first of them or by this. */
  Migrator(DatabaseConfig database, String schema, String location) {
    this.database = database;
    this.schema = schema;
    this.location = location;
  }

  /** For a schema of Reprise: {@code reprise}, whose migrations lie in a directory of that name below {@code sql/}. */
  public static Migrator of(DatabaseConfig database, String schema, String directory) {
    return new Migrator(database, schema, LOCATION + directory);
  }

  /** For the schema {@code reprise}. */
  public static Migrator reprise(DatabaseConfig database) {
    return of(database, "reprise", "reprise");
  }

  /** For the schema {@code reprise_history}, and before it for {@code reprise}, which its views need. */
  public static Migrator history(DatabaseConfig database) {
    return of(database, HISTORY, "history");
  }

  /**
   * Runs the migrations that are missing and tells how many.
   *
   * @throws RepriseException the schema is newer than this code, the user may not change it, a migration failed, or the
   *     database cannot be reached; in all cases nothing of the failed migration is left
   */
  public int migrate() {
    // the views of the history name the calls that made the changes
    int before = schema.equals(HISTORY) ? reprise(database).migrate() : 0;
    return before + migrateThis();
  }

  private int migrateThis() {
    try {
      Flyway flyway = configured(Migrator.class.getClassLoader(), database)
          .locations("classpath:" + location)
          .failOnMissingLocations(true)
          .defaultSchema(schema)
          .schemas(schema)
          .ignoreMigrationPatterns(new String[0])
          .load();
      refuseNewer(flyway);
      if (flyway.info().pending().length == 0) {
        flyway.validate();
        return 0;
      }
      requireRights();
      int run = flyway.migrate().migrationsExecuted;
      LOG.info("schema {} of {} migrated by {} scripts", schema, database.maskedUrl(), run);
      return run;
    } catch (FlywayException e) {
      throw failed("the schema " + schema, e);
    }
  }

  /**
   * Runs the migrations under {@code db/migration} of an application, if it has any, and tells how many. Their history
   * is kept in {@code flyway_schema_history} of the connection's default schema. A version below those already run, as
   * after a return to an older deployment, is left as it is.
   *
   * @param application sees the resources of the application
   */
  public static int migrateApplication(DatabaseConfig database, ClassLoader application) {
    if (application.getResource(APPLICATION_LOCATION) == null) {
      return 0;
    }
    return migrateApplication(database, application, List.of("classpath:" + APPLICATION_LOCATION));
  }

  /**
   * The same with the migrations at the given places, each as {@code classpath:db/migration} or {@code filesystem:sql}.
   *
   * @throws RepriseException there is no such place, or a migration failed
   */
  public static int migrateApplication(
      DatabaseConfig database, ClassLoader application, List<String> locations) {
    try {
      return configured(application, database)
          .locations(locations.toArray(String[]::new))
          .failOnMissingLocations(true)
          .baselineOnMigrate(true)
          .baselineVersion("0")
          .load()
          .migrate()
          .migrationsExecuted;
    } catch (FlywayException e) {
      throw new RepriseException(
          "cannot migrate the application's tables in " + database.maskedUrl() + ": "
              + ApplicationMigrations.told(e),
          e);
    }
  }

  /**
   * Runs the SQL under {@code db/migration} of a jar, if it has any, and tells how many scripts. Each application has a
   * history of its own, beside those of others in the same database.
   *
   * @throws RepriseException a migration failed; nothing of it is left
   */
  public static int migrateApplication(DatabaseConfig database, Path jar) {
    return ApplicationMigrations.run(database, jar);
  }

  /**
   * Runs the scripts under {@code db/migration} of one jar that another has not, on a database as the other left it and that
   * has no history of migrations, and tells how many.
   *
   * @throws RepriseException a migration failed; nothing of it is left
   */
  public static int migrateToNewer(DatabaseConfig database, Path before, Path after) {
    return ApplicationMigrations.runNew(database, before, after);
  }

  /** Whether {@link #migrateToNewer} has something to run. */
  public static boolean isNewer(Path before, Path after) {
    return ApplicationMigrations.hasNew(before, after);
  }

  /** The SQL of all migrations, to be run by somebody who may; a server then finds the schema migrated. */
  public String printSql() {
    return MigrationScripts.print(schema, location);
  }

  /** The same for the schemas {@code reprise} and {@code reprise_history}, whatever the database. */
  public static String repriseSql() {
    return MigrationScripts.print("reprise", LOCATION + "reprise")
        + MigrationScripts.print(HISTORY, LOCATION + "history");
  }

  private static FluentConfiguration configured(ClassLoader loader, DatabaseConfig database) {
    return Flyway.configure(loader)
        .dataSource(SessionSource.driver(database))
        .placeholderReplacement(false)
        .lockRetryCount(LOCK_WAIT_SECONDS)
        .loggers(FlywayLog.class.getName());
  }

  private void refuseNewer(Flyway flyway) {
    MigrationInfo[] all = flyway.info().all();
    Optional<MigrationInfo> newest = Arrays.stream(all)
        .filter(migration -> migration.getState() == MigrationState.FUTURE_SUCCESS)
        .reduce((older, newer) -> newer);
    if (newest.isPresent()) {
      String known = Arrays.stream(all)
          .filter(migration -> migration.getState().isResolved())
          .reduce((older, newer) -> newer)
          .map(migration -> migration.getVersion().toString())
          .orElse("none");
      throw new RepriseException(
          "the database's schema " + schema + " is at version " + newest.get().getVersion()
              + ", this server knows up to " + known + ": upgrade the server");
    }
  }

  private record Rights(String user, String database, boolean schemaExists, boolean mayCreate) {}

  private void requireRights() {
    Rights rights;
    try (Connection connection = SessionSource.driver(database).getConnection()) {
      rights = Jdbc.query(
              connection,
              """
              select current_user, current_database(), n.oid is not null,
                     case when n.oid is null then has_database_privilege(current_database(), 'create')
                          else has_schema_privilege(n.oid, 'create') end
              from (values (1)) one left join pg_namespace n on n.nspname = ?
              """,
              statement -> statement.setString(1, schema),
              row -> new Rights(
                  row.getString(1), row.getString(2), row.getBoolean(3), row.getBoolean(4)))
          .get(0);
    } catch (SQLException e) {
      throw failed("the schema " + schema, e);
    }
    if (!rights.mayCreate()) {
      String grant = rights.schemaExists()
          ? "GRANT USAGE, CREATE ON SCHEMA " + schema
          : "GRANT CREATE ON DATABASE \"" + rights.database() + "\"";
      throw new RepriseException("user " + rights.user() + " may not create "
          + (rights.schemaExists() ? "tables in the schema " : "the schema ")
          + schema + " in " + database.maskedUrl() + "; as its owner run: " + grant + " TO \""
          + rights.user()
          + "\"; or run the output of \"reprise migrate --print-sql\" as another user");
    }
  }

  private RepriseException failed(String what, Exception e) {
    if (SqlState.isUnavailable(e) && e.getCause() instanceof SQLException cause) {
      // Flyway's own message has the same three times over
      return new RepriseException(
          "cannot connect to " + database.maskedUrl() + ": " + cause.getMessage(), e);
    }
    return new RepriseException(
        "cannot migrate " + what + " in " + database.maskedUrl() + ": " + reason(e), e);
  }

  /** What the database said, where it was the database; the rest of what Flyway makes of it repeats that. */
  private String reason(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getMessage() != null) {
        var remedy = "42501".equals(sql.getSQLState())
            ? "; as the owner of the schema run: GRANT USAGE, CREATE ON SCHEMA " + schema
                + " and GRANT ALL ON ALL TABLES IN SCHEMA " + schema + " to this user"
            : "";
        var script = e.getMessage() != null && e.getMessage().contains("Script ")
            ? " ("
                + e.getMessage()
                    .lines()
                    .filter(line -> !line.isBlank())
                    .findFirst()
                    .orElse("") + ")"
            : "";
        return sql.getMessage() + script + remedy;
      }
    }
    return String.valueOf(e.getMessage());
  }
}
