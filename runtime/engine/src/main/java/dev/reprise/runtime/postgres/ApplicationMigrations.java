package dev.reprise.runtime.postgres;

import dev.reprise.RepriseException;
import dev.reprise.runtime.config.DatabaseConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Runs the SQL migrations that a jar has under {@code db/migration}.
 *
 * <p>Jars of several applications may share a database, and each numbers its migrations from one. So there may be several
 * histories: {@code flyway_schema_history}, {@code flyway_schema_history_2} and so on. A jar goes on with the one that has
 * a script of its own, whatever the jar is called by now, and begins a new one otherwise.
 */
final class ApplicationMigrations {
  private static final String PLACE = "db/migration/";
  private static final String HISTORY = "flyway_schema_history";
  private static final Pattern SCRIPT = Pattern.compile("(?i:script|migration) (\\S+\\.sql)\\b");
  private static final Pattern LINE = Pattern.compile("(?m)^Line\\s*: (\\d+)");
  /** Held while a history is chosen and written; the number is any. */
  private static final String LOCK = "select pg_advisory_lock(4711320458102947)";

  private final DatabaseConfig database;
  private final Set<String> scripts;

  private ApplicationMigrations(DatabaseConfig database, Set<String> scripts) {
    this.database = database;
    this.scripts = scripts;
  }

  /** Runs what is missing and tells how many that was. */
  static int run(DatabaseConfig database, Path jar) {
    try {
      var directory = Files.createTempDirectory("reprise-migrations-");
      try {
        var scripts = unpack(jar, directory);
        return scripts.isEmpty() ? 0 : new ApplicationMigrations(database, scripts).run(directory);
      } finally {
        PostgresBinaries.deleteTree(directory);
      }
    } catch (IOException e) {
      throw new RepriseException("the migrations of " + jar + " cannot be read", e);
    } catch (SQLException | FlywayException e) {
      throw new RepriseException(
          "cannot migrate the application's tables in " + database.maskedUrl() + ": " + told(e), e);
    }
  }

  /**
   * Runs what one jar has and another has not, on a database as the other left it, which has no history of migrations.
   * A repeatable script also runs where it is another one.
   */
  static int runNew(DatabaseConfig database, Path before, Path after) {
    try {
      var known = Files.createTempDirectory("reprise-migrations-");
      var directory = Files.createTempDirectory("reprise-migrations-");
      try {
        unpack(before, known);
        int left = 0;
        for (var script : unpack(after, directory)) {
          if (isKnown(known.resolve(script), directory.resolve(script))) {
            Files.delete(directory.resolve(script));
          } else {
            left++;
          }
        }
        return left == 0 ? 0 : runAll(database, directory);
      } finally {
        PostgresBinaries.deleteTree(known);
        PostgresBinaries.deleteTree(directory);
      }
    } catch (IOException e) {
      throw new RepriseException("the migrations of " + after + " cannot be read", e);
    } catch (SQLException | FlywayException e) {
      throw new RepriseException(notOnThePast(after, e), e);
    }
  }

  /** Which script failed where, and what the database said; Flyway's own words where it was not the database. */
  static String told(Exception e) {
    var said = String.valueOf(e.getMessage());
    var script = SCRIPT.matcher(said);
    if (!script.find()) {
      return reason(e);
    }
    var line = LINE.matcher(said);
    return script.group(1) + (line.find() ? ", line " + line.group(1) : "") + ": " + reason(e);
  }

  /** Flyway's own message tells where it had unpacked the script, and the same thing twice. */
  private static String notOnThePast(Path jar, Exception e) {
    var said = String.valueOf(e.getMessage());
    var script = SCRIPT.matcher(said);
    var line = LINE.matcher(said);
    var what = script.find()
        ? "the migration " + script.group(1) + " of " + jar.getFileName()
            + ", which the recorded jar does not have,"
        : "the migrations of " + jar.getFileName() + " that the recorded jar does not have";
    return what + " cannot be run on the past: " + reason(e)
        + (script.reset().find() && line.find() ? " (line " + line.group(1) + " of it)" : "");
  }

  private static String reason(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException && cause.getMessage() != null) {
        return cause.getMessage().lines().map(String::strip).collect(Collectors.joining("; "));
      }
    }
    return String.valueOf(e.getMessage())
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.joining("; "));
  }

  /** Whether one jar has scripts that another has not. */
  static boolean hasNew(Path before, Path after) {
    try {
      var known = Files.createTempDirectory("reprise-migrations-");
      var directory = Files.createTempDirectory("reprise-migrations-");
      try {
        unpack(before, known);
        for (var script : unpack(after, directory)) {
          if (!isKnown(known.resolve(script), directory.resolve(script))) {
            return true;
          }
        }
        return false;
      } finally {
        PostgresBinaries.deleteTree(known);
        PostgresBinaries.deleteTree(directory);
      }
    } catch (IOException e) {
      throw new RepriseException("the migrations of " + after + " cannot be read", e);
    }
  }

  private static boolean isKnown(Path known, Path script) throws IOException {
    boolean repeatable = String.valueOf(script.getFileName()).startsWith("R");
    return Files.exists(known) && (!repeatable || Files.mismatch(known, script) < 0);
  }

  private static int runAll(DatabaseConfig database, Path directory) throws SQLException {
    var table = HISTORY + "_new";
    try (var connection = SessionSource.driver(database).getConnection()) {
      var schema = schema(connection);
      int run = Flyway.configure(ApplicationMigrations.class.getClassLoader())
          .dataSource(SessionSource.driver(database))
          .placeholderReplacement(false)
          .loggers(FlywayLog.class.getName())
          .locations("filesystem:" + directory)
          .defaultSchema(schema)
          .table(table)
          .baselineOnMigrate(true)
          .baselineVersion("0")
          .load()
          .migrate()
          .migrationsExecuted;
      try (var statement = connection.createStatement()) {
        statement.execute(
            "drop table if exists \"%s\".\"%s\"".formatted(schema.replace("\"", "\"\""), table));
      }
      return run;
    }
  }

  private int run(Path directory) throws SQLException {
    try (var connection = SessionSource.driver(database).getConnection()) {
      Jdbc.query(connection, LOCK, Binder.NOTHING, row -> true);
      var schema = schema(connection);
      return Flyway.configure(ApplicationMigrations.class.getClassLoader())
          .dataSource(SessionSource.driver(database))
          .placeholderReplacement(false)
          .loggers(FlywayLog.class.getName())
          .locations("filesystem:" + directory)
          .defaultSchema(schema)
          .table(history(connection, schema))
          .baselineOnMigrate(true)
          .baselineVersion("0")
          .load()
          .migrate()
          .migrationsExecuted;
    }
  }

  /** Where unqualified tables go; never into Reprise's own, though a user of that name has it first in the path. */
  private static String schema(Connection connection) throws SQLException {
    var current = Jdbc.query(
        connection,
        "select current_schema()",
        Binder.NOTHING,
        row -> String.valueOf(row.getString(1)));
    return current.contains("reprise") || current.contains("null") ? "public" : current.get(0);
  }

  private String history(Connection connection, String schema) throws SQLException {
    var tables = Jdbc.query(
        connection,
        """
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = ? and c.relkind = 'r' and c.relname ~ ?
         order by length(c.relname), c.relname
        """,
        statement -> {
          statement.setString(1, schema);
          statement.setString(2, "^" + HISTORY + "(_[0-9]+)?$");
        },
        row -> row.getString(1));
    for (var table : tables) {
      if (isOurs(connection, schema, table)) {
        return table;
      }
    }
    return free(tables);
  }

  private boolean isOurs(Connection connection, String schema, String table) throws SQLException {
    var sql = "select script from %s.%s where type = 'SQL'"
        .formatted('"' + schema.replace("\"", "\"\"") + '"', '"' + table + '"');
    return Jdbc.query(connection, sql, Binder.NOTHING, row -> row.getString(1)).stream()
        .anyMatch(scripts::contains);
  }

  private static String free(List<String> tables) {
    if (!tables.contains(HISTORY)) {
      return HISTORY;
    }
    int number = 2;
    while (tables.contains(HISTORY + "_" + number)) {
      number++;
    }
    return HISTORY + "_" + number;
  }

  /** Writes the scripts into a directory and tells their names, as Flyway records them. */
  private static Set<String> unpack(Path jar, Path directory) throws IOException {
    var names = new TreeSet<String>();
    try (var zip = new ZipFile(jar.toFile())) {
      for (var entry : sql(zip)) {
        var name = entry.getName().substring(PLACE.length());
        var file = directory.resolve(name).normalize();
        if (!file.startsWith(directory)) {
          throw new IOException("an entry leads out of the jar: " + entry.getName());
        }
        Files.createDirectories(file.resolveSibling("."));
        try (var content = zip.getInputStream(entry)) {
          Files.copy(content, file);
        }
        names.add(name);
      }
    }
    return names;
  }

  private static List<ZipEntry> sql(ZipFile zip) {
    var found = new ArrayList<ZipEntry>();
    zip.stream()
        .filter(entry -> !entry.isDirectory()
            && entry.getName().startsWith(PLACE)
            && (entry.getName().endsWith(".sql") || entry.getName().endsWith(".sql.conf")))
        .forEach(found::add);
    return found;
  }
}
