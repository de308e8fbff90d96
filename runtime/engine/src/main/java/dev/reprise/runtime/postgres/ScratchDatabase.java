package dev.reprise.runtime.postgres;

import dev.reprise.RepriseException;
import dev.reprise.runtime.config.DatabaseConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A fresh, empty database that goes away when it is closed. Thread-safe. */
public final class ScratchDatabase implements AutoCloseable {
  private static final Pattern URL =
      Pattern.compile("(jdbc:postgresql:)(?:(//[^/?]*)/?)?([^/?]*)(\\?.*)?");

  private final DatabaseConfig server;
  private final DatabaseConfig config;
  private final String name;

  private ScratchDatabase(DatabaseConfig server, String name) {
    this.server = server;
    this.name = name;
    this.config = DatabaseConfig.of(urlOf(server.url(), name), server.user(), server.password());
  }

  /**
   * A database on the server of the given one, whose user may create databases.
   *
   * @throws RepriseException it may not, or the server cannot be reached
   */
  public static ScratchDatabase on(DatabaseConfig server) {
    return create(server, "");
  }

  /**
   * A database for a test: on the server that {@code REPRISE_TEST_DATABASE} names (a JDBC URL of a user who may create
   * databases), else in a container where Testcontainers is on the class path and a Docker engine answers, else
   * {@linkplain #embedded() embedded}.
   *
   * @throws RepriseException there is none of them
   */
  public static ScratchDatabase forTests() {
    return on(TestServer.ofThisProcess());
  }

  /** A database on an embedded server that all scratch databases of this JVM share and that ends with the JVM. */
  public static ScratchDatabase embedded() {
    return on(ScratchServer.ofThisProcess());
  }

  /**
   * Another database that begins with all that this one holds.
   *
   * @throws RepriseException somebody is connected to this one
   */
  public ScratchDatabase copy() {
    return create(server, " template " + name);
  }

  /**
   * Another, empty database of the same server.
   *
   * @param options of CREATE DATABASE, as {@code template template0 locale 'C'}
   * @throws RepriseException the server cannot do that
   */
  public ScratchDatabase sibling(String options) {
    return create(server, " " + options);
  }

  private static ScratchDatabase create(DatabaseConfig server, String how) {
    String name = "scratch_" + UUID.randomUUID().toString().replace("-", "");
    run(server, "create database " + name + how);
    return new ScratchDatabase(server, name);
  }

  /** How to reach it, with default sizes. */
  public DatabaseConfig config() {
    return config;
  }

  /** Its JDBC URL. */
  public String jdbcUrl() {
    return config.url();
  }

  /** As for the server; null where the URL or the system tells. */
  public @Nullable String user() {
    return config.user();
  }

  /** As for the server; null where the URL or the password file tells. */
  public @Nullable String password() {
    return config.password();
  }

  /** Drops it, ending the sessions that still use it. Closing twice is allowed. */
  @Override
  public void close() {
    endReplication();
    run(server, "drop database if exists " + name + " with (force)");
  }

  /** What replicates from it keeps it from being dropped, even by force. */
  private void endReplication() {
    try (Connection connection = SessionSource.driver(server).getConnection()) {
      Jdbc.query(
          connection,
          "select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where database = ? and active",
          statement -> statement.setString(1, name),
          row -> row.getBoolean(1));
    } catch (SQLException e) {
      throw new RepriseException(
          "replication from " + name + " cannot be ended: " + e.getMessage(), e);
    }
  }

  /** The URL of another database of the same server. */
  static String urlOf(String url, String database) {
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "no database can be named in the URL " + DatabaseConfig.of(url).maskedUrl());
    }
    String authority = parts.group(2) == null ? "" : parts.group(2) + "/";
    String parameters = parts.group(4) == null ? "" : parts.group(4);
    return parts.group(1) + authority + database + parameters;
  }

  private static void run(DatabaseConfig server, String sql) {
    try (Connection connection = SessionSource.driver(server).getConnection()) {
      Jdbc.update(connection, sql, Binder.NOTHING);
    } catch (SQLException e) {
      throw new RepriseException(
          "\"" + sql + "\" failed on " + server.maskedUrl() + ": " + e.getMessage(), e);
    }
  }
}
