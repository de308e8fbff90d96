package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.catchThrowable;

import dev.reprise.RepriseException;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.HttpConfig;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import dev.reprise.runtime.server.HttpFront;
import dev.reprise.runtime.telemetry.Metrics;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Settings and databases with which a server does not start. */
final class BadStarts {
  private static final String ROLE = "app_" + ProcessHandle.current().pid();
  private static final String PASSWORD = "secret";

  private final ScratchDatabase database;
  private final HttpNode running;

  /** With a database that a running node uses. */
  BadStarts(ScratchDatabase database, HttpNode running) {
    this.database = database;
    this.running = running;
  }

  /** One of them; the start fails with an exception that is meant for people. */
  record BadStart(String what, ThrowingCallable start) {
    /** The message of the exception. */
    String message() {
      var thrown = catchThrowable(start);
      if (thrown instanceof RepriseException || thrown instanceof IllegalArgumentException) {
        return String.valueOf(thrown.getMessage());
      }
      throw new AssertionError(what + " ended otherwise", thrown);
    }
  }

  Stream<BadStart> all() {
    return Stream.of(
        new BadStart(
            "no server listens there",
            () -> start(DatabaseConfig.of("jdbc:postgresql://127.0.0.1:1/shop?password=secret"))),
        new BadStart(
            "a URL that is not for JDBC",
            () -> start(DatabaseConfig.of("postgres://app:secret@127.0.0.1/shop"))),
        new BadStart("there is no such database", () -> start(elsewhere("nowhere"))),
        new BadStart(
            "the password is wrong", () -> withRole(() -> start(as(database, ROLE, "sesame")))),
        new BadStart("the role may not create the schema", this::withoutCreate),
        new BadStart("the role may not use the schema", this::withoutUsage),
        new BadStart("the schema is of a newer server", this::newerSchema),
        new BadStart(
            "the port is taken",
            () -> new HttpFront(
                running.node(),
                HttpConfig.DEFAULT.withPort(running.port()),
                Metrics.OFF,
                () -> {})),
        new BadStart(
            "an address that other machines reach, without credentials",
            () -> new HttpConfig(
                "0.0.0.0", 8080, 1 << 20, Duration.ofMinutes(1), Set.of(), Set.of(), false)));
  }

  private void withoutCreate() throws Throwable {
    try (var empty = TestDatabase.create()) {
      withRole(() -> start(as(empty, ROLE, PASSWORD)));
    }
  }

  private void withoutUsage() throws Throwable {
    withRole(() -> start(as(database, ROLE, PASSWORD)));
  }

  private void newerSchema() {
    try (var newer = TestDatabase.create()) {
      HttpNode.start(newer.config(), Stock.class).close();
      TestNode.sql(newer.config(), """
          insert into reprise.flyway_schema_history
            (installed_rank, version, description, type, script, installed_by, execution_time, success)
          values (9999, '9999', 'from the future', 'SQL', 'V9999__from_the_future.sql', current_user, 0, true)
          """);
      start(newer.config());
    }
  }

  private void withRole(ThrowingCallable work) throws Throwable {
    TestNode.sql(database.config(), "create role " + ROLE + " login password '" + PASSWORD + "'");
    try {
      work.call();
    } finally {
      TestNode.sql(database.config(), "drop role " + ROLE);
    }
  }

  private static void start(DatabaseConfig config) {
    HttpNode.start(config, Stock.class).close();
  }

  private static DatabaseConfig as(ScratchDatabase database, String user, String password) {
    return DatabaseConfig.of(database.jdbcUrl(), user, password);
  }

  private DatabaseConfig elsewhere(String name) {
    var config = database.config();
    return DatabaseConfig.of(
        config.url().replaceAll("/scratch_[0-9a-f]+", "/" + name),
        config.user(),
        config.password());
  }
}
