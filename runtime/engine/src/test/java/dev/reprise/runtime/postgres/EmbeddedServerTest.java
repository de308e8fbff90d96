package dev.reprise.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.RepriseException;
import dev.reprise.runtime.config.DatabaseConfig;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedServerTest {
  @TempDir
  Path directory;

  @AfterEach
  void stop() {
    EmbeddedServer.startOrJoin(directory).stop(EmbeddedServer.StopMode.IMMEDIATE);
  }

  @Test
  void keepsItsDataItsPortAndItsPasswordFromStartToStart() throws Exception {
    String url;
    try (var server = EmbeddedServer.startOrJoin(directory)) {
      url = server.jdbcUrl();
      run(server, "create table kept (id int)");
      run(server, "insert into kept values (42)");
    }
    assertThat(directory.resolve("data/postmaster.pid")).doesNotExist();

    try (var server = EmbeddedServer.startOrJoin(directory)) {
      assertThat(server.jdbcUrl()).isEqualTo(url);
      assertThat(ask(server, "select id from kept")).containsExactly("42");
    }
  }

  @Test
  void runsWithDurableSettingsAndLogicalDecodingOnTheLoopbackOnly() throws Exception {
    try (var server = EmbeddedServer.startOrJoin(directory)) {
      assertThat(ask(server, "show fsync")).containsExactly("on");
      assertThat(ask(server, "show synchronous_commit")).containsExactly("on");
      assertThat(ask(server, "show full_page_writes")).containsExactly("on");
      assertThat(ask(server, "show wal_level")).containsExactly("logical");
      assertThat(ask(server, "show max_prepared_transactions")).containsExactly("64");
      assertThat(ask(server, "show max_connections")).containsExactly("200");
      assertThat(ask(server, "show listen_addresses")).containsExactly("127.0.0.1");
      assertThat(ask(server, "show server_encoding")).containsExactly("UTF8");
      assertThat(ask(server, "show log_timezone")).containsExactly("UTC");
    }
  }

  @Test
  void asksForThePasswordWhichOnlyTheOwnerCanRead() throws Exception {
    try (var server = EmbeddedServer.startOrJoin(directory)) {
      var config = DatabaseConfig.of(server.jdbcUrl(), server.user(), "no");
      assertThatThrownBy(() -> SessionSource.driver(config).getConnection().close())
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
      assertThat(PosixFilePermissions.toString(
              Files.getPosixFilePermissions(directory.resolve("password"))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void isSharedByAllWhoNameItsDirectoryUntilTheLastOneCloses() throws Exception {
    var first = EmbeddedServer.startOrJoin(directory);
    var second = EmbeddedServer.startOrJoin(directory);
    assertThat(second.pid()).isEqualTo(first.pid());
    run(first, "create table shared (id int)");

    first.close();
    assertThat(ask(second, "select count(*) from shared")).containsExactly("0");

    long pid = second.pid();
    second.close();
    await().atMost(Duration.ofSeconds(60)).until(() -> ProcessHandle.of(pid).isEmpty());
  }

  @Test
  void outlivesTheProcessThatStartedIt() throws Exception {
    Process other = new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            StartsServer.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    String url;
    try (var output = other.inputReader()) {
      url = output.readLine();
    }
    long pid;
    try (var server = EmbeddedServer.startOrJoin(directory)) {
      assertThat(server.jdbcUrl()).isEqualTo(url);
      pid = server.pid();
    }
    assertThat(directory.resolve("data/postmaster.pid")).as("the other uses it").exists();
    other.destroyForcibly().waitFor();

    try (var server = EmbeddedServer.startOrJoin(directory)) {
      assertThat(server.pid()).isEqualTo(pid);
      assertThat(ask(server, "select 1")).containsExactly("1");
    }
  }

  /** A process that starts the server and waits to be killed. */
  static final class StartsServer {
    public static void main(String[] arguments) throws InterruptedException {
      var server = EmbeddedServer.startOrJoin(Path.of(arguments[0]));
      System.out.println(server.jdbcUrl());
      System.out.close();
      new CountDownLatch(1).await();
    }
  }

  @Test
  void recoversWhatWasCommittedAfterTheServerWasKilled() throws Exception {
    var server = EmbeddedServer.startOrJoin(directory);
    run(server, "create table kept (id int)");
    run(server, "insert into kept values (7)");
    ProcessHandle postmaster = ProcessHandle.of(server.pid()).orElseThrow();

    assertThat(postmaster.destroyForcibly()).isTrue();
    await().atMost(Duration.ofSeconds(60)).until(() -> !postmaster.isAlive());

    try (var again = EmbeddedServer.startOrJoin(directory)) {
      assertThat(ask(again, "select id from kept")).containsExactly("7");
      assertThat(again.pid()).isNotEqualTo(postmaster.pid());
    }
  }

  @Test
  void startsWhereAPidFileNamesAProcessThatIsNotPostgres() throws Exception {
    EmbeddedServer.startOrJoin(directory).stop(EmbeddedServer.StopMode.FAST);
    Path file = directory.resolve("data/postmaster.pid");
    Files.writeString(
        file, ProcessHandle.current().pid() + "\n" + directory + "\n0\n5432\n\n127.0.0.1\n\n");

    try (var server = EmbeddedServer.startOrJoin(directory)) {
      assertThat(ask(server, "select 1")).containsExactly("1");
    }
  }

  @Test
  void isLeftToOthersAlsoAfterACrashThatEndedAllSessions() throws Exception {
    var first = EmbeddedServer.startOrJoin(directory);
    var second = EmbeddedServer.startOrJoin(directory);
    first.restart(EmbeddedServer.StopMode.IMMEDIATE);
    second.close();
    assertThat(ask(first, "select 1")).containsExactly("1");
    first.close();
    assertThat(directory.resolve("data/postmaster.pid")).doesNotExist();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void runsInASessionOfItsOwnSoThatTheTerminalsSignalsDoNotReachIt() throws Exception {
    try (var server = EmbeddedServer.startOrJoin(directory)) {
      String status = Files.readString(Path.of("/proc", String.valueOf(server.pid()), "stat"));
      String[] fields = status.substring(status.lastIndexOf(')') + 2).split(" ", -1);
      assertThat(fields[3]).as("session").isEqualTo(String.valueOf(server.pid()));
    }
  }

  @Test
  void comesBackOnTheSamePortAfterARestartOfEitherKind() throws Exception {
    try (var server = EmbeddedServer.startOrJoin(directory)) {
      String url = server.jdbcUrl();
      run(server, "create table kept (id int)");
      server.restart(EmbeddedServer.StopMode.IMMEDIATE);
      server.restart(EmbeddedServer.StopMode.FAST);
      assertThat(server.jdbcUrl()).isEqualTo(url);
      assertThat(ask(server, "select count(*) from kept")).containsExactly("0");
    }
  }

  @Test
  void takesAnotherPortWhereItsOwnIsTaken() throws Exception {
    String url;
    try (var server = EmbeddedServer.startOrJoin(directory)) {
      url = server.jdbcUrl();
    }
    int port = Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1"));
    try (var taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
        var server = EmbeddedServer.startOrJoin(directory)) {
      assertThat(taken.isBound()).isTrue();
      assertThat(server.jdbcUrl()).isNotEqualTo(url);
      assertThat(ask(server, "select 1")).containsExactly("1");
    }
  }

  @Test
  void saysWhatTheServerSaidWhenItDoesNotStart() throws Exception {
    EmbeddedServer.startOrJoin(directory).stop(EmbeddedServer.StopMode.FAST);
    Path conf = directory.resolve("data/postgresql.conf");
    String good = Files.readString(conf);
    Files.writeString(conf, good + "\nno_such_setting = 1\n");

    assertThatThrownBy(() -> EmbeddedServer.startOrJoin(directory))
        .isInstanceOf(RepriseException.class)
        .hasMessageContaining("no_such_setting");

    Files.writeString(conf, good);
  }

  static void run(EmbeddedServer server, String sql) throws SQLException {
    try (Connection connection = SessionSource.driver(server.config()).getConnection()) {
      Jdbc.update(connection, sql, Binder.NOTHING);
    }
  }

  static List<String> ask(EmbeddedServer server, String sql) throws SQLException {
    try (Connection connection = SessionSource.driver(server.config()).getConnection()) {
      return Jdbc.query(connection, sql, Binder.NOTHING, row -> row.getString(1));
    }
  }
}
