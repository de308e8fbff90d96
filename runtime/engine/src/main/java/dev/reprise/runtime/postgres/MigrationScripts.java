package dev.reprise.runtime.postgres;

import dev.reprise.RepriseException;
import io.github.classgraph.ClassGraph;
import io.github.classgraph.Resource;
import io.github.classgraph.ScanResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** The migrations of a schema as one script for people who let nobody but themselves run DDL. */
final class MigrationScripts {
  private static final Pattern NAME = Pattern.compile("V(\\d+)__(\\w+)\\.sql");
  /** As Flyway makes it, so that a server finds the schema migrated. */
  private static final String HEADER = """
      -- Everything a server needs in schema %1$s, with the table by which it knows that this was run.
      -- Run it once, on an empty database, as a user who may create the schema; psql -v ON_ERROR_STOP=1 -1 -f ..
      create schema if not exists %1$s;
      set search_path to %1$s;
      create table %1$s.flyway_schema_history (
        installed_rank int not null constraint flyway_schema_history_pk primary key,
        version varchar(50),
        description varchar(200) not null,
        type varchar(20) not null,
        script varchar(1000) not null,
        checksum integer,
        installed_by varchar(100) not null,
        installed_on timestamp not null default now(),
        execution_time integer not null,
        success boolean not null
      );
      create index flyway_schema_history_s_idx on %1$s.flyway_schema_history (success);
      """;

  private static final String ENTRY = """

      -- %2$s
      %3$s
      insert into %1$s.flyway_schema_history
        (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
      values (%4$d, '%5$s', '%6$s', 'SQL', '%2$s', %7$d, current_user, 0, true);
      """;

  private record Script(int version, String description, String file, String sql) {}

  private MigrationScripts() {}

  /** The text for a schema whose migrations are at a place of the class path. */
  static String print(String schema, String location) {
    var text = new StringBuilder(HEADER.formatted(schema));
    int rank = 1;
    for (Script script : scripts(location)) {
      text.append(ENTRY.formatted(
          schema,
          script.file(),
          script.sql().stripTrailing(),
          rank,
          script.version(),
          script.description(),
          checksum(script.sql())));
      rank++;
    }
    return text.append("reset search_path;\n").toString();
  }

  private static List<Script> scripts(String location) {
    try (ScanResult found = new ClassGraph()
        .overrideClassLoaders(MigrationScripts.class.getClassLoader())
        .acceptPathsNonRecursive(location)
        .scan()) {
      var scripts = found.getResourcesWithExtension("sql").stream()
          .map(MigrationScripts::read)
          .sorted(Comparator.comparingInt(Script::version))
          .toList();
      if (scripts.isEmpty()) {
        throw new IllegalStateException("no migrations in " + location + " of the class path");
      }
      return scripts;
    }
  }

  private static Script read(Resource resource) {
    String file = resource.getPath().substring(resource.getPath().lastIndexOf('/') + 1);
    Matcher name = NAME.matcher(file);
    if (!name.matches()) {
      throw new IllegalStateException(
          "a migration is named V<number>__<words>.sql, not " + resource.getPath());
    }
    try {
      String sql = new String(resource.load(), StandardCharsets.UTF_8);
      return new Script(
          Integer.parseInt(name.group(1)), name.group(2).replace('_', ' '), file, sql);
    } catch (IOException e) {
      throw new RepriseException("cannot read the migration " + resource.getPath(), e);
    }
  }

  /** Flyway's: CRC32 over the lines without their ends. */
  private static int checksum(String sql) {
    var crc = new CRC32();
    try (var lines = new BufferedReader(new StringReader(sql))) {
      for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
        crc.update(line.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new IllegalStateException("a string can be read", e);
    }
    return (int) crc.getValue();
  }
}
