package dev.reprise.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.RepriseException;
import dev.reprise.runtime.config.DatabaseConfig;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.jdbc.PreferQueryMode;

class MigratorTest {
  private static final String LOCATION = "dev/reprise/runtime/postgres/";

  private ScratchDatabase scratch;
  private Migrator migrator;

  @BeforeEach
  void create() {
    scratch = TestDatabase.create();
    migrator = new Migrator(scratch.config(), "mine", LOCATION + "migrations");
  }

  @AfterEach
  void drop() {
    scratch.close();
  }

  @Test
  void runsWhatIsMissingAndNothingTwice() throws SQLException {
    assertThat(new Migrator(scratch.config(), "mine", LOCATION + "older").migrate())
        .isEqualTo(1);
    assertThat(migrator.migrate()).isEqualTo(1);
    assertThat(migrator.migrate()).isZero();
    assertThat(ask("select mine.first_table_size()")).containsExactly("0");
  }

  @Test
  void letsOneOfSeveralNodesMigrate() {
    var nodes = Stream.generate(() -> CompletableFuture.supplyAsync(
            () -> new Migrator(scratch.config(), "mine", LOCATION + "migrations").migrate()))
        .limit(4)
        .toList();
    assertThat(nodes.stream().mapToInt(CompletableFuture::join).sum()).isEqualTo(2);
  }

  @Test
  void refusesASchemaNewerThanItself() {
    migrator.migrate();
    assertThatThrownBy(new Migrator(scratch.config(), "mine", LOCATION + "older")::migrate)
        .isInstanceOf(RepriseException.class)
        .hasMessage("the database's schema mine is at version 2, this server knows up to 1:"
            + " upgrade the server");
  }

  @Test
  void namesTheRightThatIsMissing() throws SQLException {
    String role = "r_" + ProcessHandle.current().pid();
    run("create role " + role + " login password 'secret'");
    try {
      var config = DatabaseConfig.of(scratch.jdbcUrl(), role, "secret");
      assertThatThrownBy(new Migrator(config, "mine", LOCATION + "migrations")::migrate)
          .isInstanceOf(RepriseException.class)
          .hasMessageContaining("GRANT CREATE ON DATABASE")
          .hasMessageContaining(role)
          .hasMessageNotContaining("secret");
      run("create schema mine");
      assertThatThrownBy(new Migrator(config, "mine", LOCATION + "migrations")::migrate)
          .hasMessageContaining("GRANT USAGE, CREATE ON SCHEMA mine");
    } finally {
      run("drop role " + role);
    }
  }

  @Test
  void printsAScriptAfterWhichNothingIsLeftToDo() throws SQLException {
    // As psql does it: the text goes to the server as it is.
    var source = SessionSource.driver(scratch.config());
    source.setPreferQueryMode(PreferQueryMode.SIMPLE);
    try (Connection connection = source.getConnection();
        var statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(migrator.printSql());
    }
    assertThat(migrator.migrate()).isZero();
    assertThat(ask("select count(*) from mine.second_table")).containsExactly("0");
  }

  @Test
  void saysThatTheDatabaseCannotBeReached() {
    var nowhere = DatabaseConfig.of("jdbc:postgresql://127.0.0.1:1/x?password=secret");
    assertThatThrownBy(new Migrator(nowhere, "mine", LOCATION + "migrations")::migrate)
        .isInstanceOf(RepriseException.class)
        .hasMessageContaining("cannot connect to jdbc:postgresql://127.0.0.1:1/x?password=***")
        .hasMessageNotContaining("\n");
  }

  @Test
  void migratesAnApplicationOnceBesideTablesOfOthers(@TempDir Path jar) throws Exception {
    run("create table others (id int)");
    Path migrations = Files.createDirectories(jar.resolve("db/migration"));
    Files.writeString(migrations.resolve("V1__item.sql"), "create table item (id int);");
    try (var application = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
      assertThat(Migrator.migrateApplication(scratch.config(), application)).isEqualTo(1);
      assertThat(Migrator.migrateApplication(scratch.config(), application)).isZero();
    }
    assertThat(ask("select count(*) from item")).containsExactly("0");
    assertThat(ask("select version from public.flyway_schema_history order by installed_rank"))
        .containsExactly("0", "1");
  }

  @Test
  void keepsAnApplicationOutOfTheSchemaThatIsNamedLikeTheUser(@TempDir Path jar) throws Exception {
    var named = asUserReprise();
    Migrator.reprise(named).migrate();
    Path migrations = Files.createDirectories(jar.resolve("db/migration"));
    Files.writeString(migrations.resolve("V1__item.sql"), "create table nodes (id int);");
    try (var application = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
      assertThat(Migrator.migrateApplication(named, application)).isEqualTo(1);
    }
    assertThat(ask("select version from public.flyway_schema_history")).containsExactly("1");

    try (var database = Database.open(named, ConnectionHook.NONE);
        var call = database.callConnection()) {
      assertThat(Jdbc.query(
              call, "select 'nodes'::regclass::oid", Binder.NOTHING, row -> row.getString(1)))
          .isEqualTo(ask("select 'public.nodes'::regclass::oid"));
    }
  }

  private DatabaseConfig asUserReprise() throws SQLException {
    if (ask("select 1 from pg_roles where rolname = 'reprise'").isEmpty()) {
      run("create role reprise superuser login password 'reprise'");
    }
    return DatabaseConfig.of(scratch.jdbcUrl(), "reprise", "reprise");
  }

  @Test
  void leavesAnApplicationWithoutMigrationsAlone(@TempDir Path jar) throws Exception {
    try (var application = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
      assertThat(Migrator.migrateApplication(scratch.config(), application)).isZero();
    }
    assertThat(ask("select to_regclass('public.flyway_schema_history')")).containsOnlyNulls();
  }

  private void run(String sql) throws SQLException {
    try (Connection connection = SessionSource.driver(scratch.config()).getConnection()) {
      Jdbc.update(connection, sql, Binder.NOTHING);
    }
  }

  private List<String> ask(String sql) throws SQLException {
    try (Connection connection = SessionSource.driver(scratch.config()).getConnection()) {
      return Jdbc.query(connection, sql, Binder.NOTHING, row -> row.getString(1));
    }
  }
}
