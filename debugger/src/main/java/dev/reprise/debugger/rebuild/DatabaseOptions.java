package dev.reprise.debugger.rebuild;

import dev.reprise.RepriseException;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What CREATE DATABASE and ALTER DATABASE say: in which order texts are, and settings. */
final class DatabaseOptions {
  private static final List<String> COMPARED =
      List.of("encoding", "provider", "collation", "ctype", "locale");
  /** Their values are lists, written as they are in SET. */
  private static final Set<String> LISTS = Set.of("search_path", "datestyle", "temp_tablespaces");
  /** Would keep us from working, or load what is not there. */
  private static final Set<String> LEFT_OUT = Set.of(
      "default_transaction_read_only",
      "session_preload_libraries",
      "local_preload_libraries",
      "temp_tablespaces",
      "statement_timeout",
      "lock_timeout",
      "idle_in_transaction_session_timeout",
      "transaction_timeout",
      "role");

  private static final String OWN = """
      select pg_encoding_to_char(d.encoding), case coalesce(to_jsonb(d) ->> 'datlocprovider', 'c')
          when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end,
        d.datcollate, d.datctype, coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'),
        current_setting('server_version_num')::int
      from pg_database d
      where d.datname = current_database()
      """;

  private DatabaseOptions() {}

  private record Own(Map<String, String> options, int version) {}

  /** Begins again with a database that orders texts as production does, where the server can. */
  static void adopt(Scratch scratch, SourceSchema schema) throws SQLException {
    Own own = own(scratch);
    Map<String, String> wanted = schema.database();
    boolean same = COMPARED.stream()
        .allMatch(name -> wanted.getOrDefault(name, "").equals(own.options().get(name)));
    if (same || wanted.isEmpty()) {
      return;
    }
    try {
      scratch.recreate(createOptions(wanted, own.version()));
    } catch (RepriseException e) {
      scratch.note("texts are ordered by " + own.options() + ", in production by " + wanted
          + ", which the scratch server does not know");
    }
  }

  /** Begins again with an empty database that has the options of this one. */
  static void empty(Scratch scratch) throws SQLException {
    Own own = own(scratch);
    scratch.recreate(createOptions(own.options(), own.version()));
  }

  private static Own own(Scratch scratch) throws SQLException {
    try (Connection connection = scratch.open()) {
      return Jdbc.query(connection, OWN, Binder.NOTHING, row -> {
            var options = new HashMap<String, String>();
            for (int i = 0; i < COMPARED.size(); i++) {
              String value = row.getString(i + 1);
              options.put(COMPARED.get(i), value == null ? "" : value);
            }
            return new Own(options, row.getInt(6));
          })
          .get(0);
    }
  }

  private static String createOptions(Map<String, String> wanted, int version) {
    String provider = wanted.getOrDefault("provider", "libc");
    String locale = wanted.getOrDefault("locale", "");
    var options = new StringBuilder("template template0 encoding ")
        .append(quoted(wanted.getOrDefault("encoding", "UTF8")))
        .append(" lc_collate ")
        .append(quoted(wanted.getOrDefault("collation", "C")))
        .append(" lc_ctype ")
        .append(quoted(wanted.getOrDefault("ctype", "C")));
    if (version >= 150_000) {
      options.append(" locale_provider ").append(provider);
    }
    if (provider.equals("icu")) {
      options.append(" icu_locale ").append(quoted(locale));
    } else if (provider.equals("builtin")) {
      options.append(" builtin_locale ").append(quoted(locale));
    }
    return options.toString();
  }

  /** Makes the settings that hold in every session of the database. In autocommit, behind everything else. */
  static void set(Connection connection, Scratch scratch, List<String> settings)
      throws SQLException {
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      String name = setting.substring(0, equals);
      if (LEFT_OUT.contains(name.toLowerCase(Locale.ROOT))) {
        continue;
      }
      String value = setting.substring(equals + 1);
      boolean list = LISTS.contains(name.toLowerCase(Locale.ROOT)) && !value.isEmpty();
      String sql = "alter database \"" + connection.getCatalog().replace("\"", "\"\"") + "\" set "
          + name + " to " + (list ? value : quoted(value));
      try {
        Jdbc.update(connection, sql, Binder.NOTHING);
      } catch (SQLException e) {
        scratch.note("the database's setting " + setting + " is not made: " + e.getMessage());
      }
    }
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
