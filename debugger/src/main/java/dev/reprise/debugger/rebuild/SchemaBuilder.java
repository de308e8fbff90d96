package dev.reprise.debugger.rebuild;

import dev.reprise.debugger.rebuild.SourceSchema.Statement;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs the statements of a schema in a scratch database, in a transaction of its user. */
final class SchemaBuilder {
  private final Connection connection;
  private final Scratch scratch;

  /** The connection is one to the scratch database, with autocommit off. */
  SchemaBuilder(Connection connection, Scratch scratch) {
    this.connection = connection;
    this.scratch = scratch;
  }

  /** What a server must have that cannot be made. */
  static void requireFit(Connection connection, SourceSchema schema) throws SQLException {
    int version = Integer.parseInt(texts(connection, "show server_version_num").get(0));
    if (schema.versionNumber() / 10_000 > version / 10_000) {
      throw new ScratchUnfitException(
          "it is PostgreSQL " + texts(connection, "show server_version").get(0)
              + " and production is the newer " + schema.version(),
          null);
    }
    Set<String> available =
        new HashSet<>(texts(connection, "select name from pg_available_extensions"));
    var lacking = new ArrayList<String>();
    for (var extension : schema.extensions()) {
      if (!available.contains(extension.name())) {
        lacking.add("the extension " + extension.name() + " " + extension.version());
      }
    }
    Set<String> collations = new HashSet<>(texts(connection, "select collname from pg_collation"));
    for (String collation : schema.collations()) {
      if (!collations.contains(collation)) {
        lacking.add("the collation \"" + collation + "\"");
      }
    }
    if (!lacking.isEmpty()) {
      throw new ScratchUnfitException("it lacks " + String.join(", ", lacking), null);
    }
  }

  /** Makes all of it; what has to wait for something later is tried again. */
  void make(List<Statement> statements) throws SQLException {
    Jdbc.query(
        connection,
        "select set_config('search_path', '', true), set_config('check_function_bodies', 'off', true)",
        Binder.NOTHING,
        row -> row.getString(1));
    if (!makeAtOnce(statements)) {
      makeInRounds(statements);
    }
    Jdbc.update(connection, "set local search_path to default", Binder.NOTHING);
  }

  private boolean makeAtOnce(List<Statement> statements) throws SQLException {
    var before = connection.setSavepoint();
    try (var batch = connection.createStatement()) {
      batch.setEscapeProcessing(false);
      for (Statement statement : statements) {
        batch.addBatch(statement.sql());
      }
      batch.executeBatch();
      connection.releaseSavepoint(before);
      return true;
    } catch (SQLException e) {
      connection.rollback(before);
      return false;
    }
  }

  private void makeInRounds(List<Statement> statements) throws SQLException {
    List<Statement> open = statements;
    while (!open.isEmpty()) {
      var failed = new ArrayList<Statement>();
      SQLException first = null;
      for (Statement statement : open) {
        SQLException failure = tried(connection, statement.sql());
        if (failure != null && !statement.isForeignKey()) {
          failed.add(statement);
          first = first == null ? failure : first;
        } else if (failure != null) {
          makeUnchecked(statement, failure);
        }
      }
      if (first != null && failed.size() == open.size()) {
        throw refused(failed.get(0), first);
      }
      open = failed;
    }
  }

  /** The rows of a table that is not recorded are not there to be referred to. */
  private void makeUnchecked(Statement key, SQLException failure) throws SQLException {
    boolean made = tried(connection, key.sql() + " not valid") == null;
    scratch.note("the " + key.object()
        + (made ? " is not checked for the rows of the past: " : " is missing: ")
        + failure.getMessage());
  }

  /** Runs a statement, or gives what the server says against it, and the transaction goes on without it. */
  static @Nullable SQLException tried(Connection connection, String sql) throws SQLException {
    var before = connection.setSavepoint();
    try (var statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
      connection.releaseSavepoint(before);
      return null;
    } catch (SQLException e) {
      connection.rollback(before);
      return e;
    }
  }

  private static RebuildException refused(Statement statement, SQLException e) {
    String what = "the " + statement.object() + " cannot be made there: " + e.getMessage();
    boolean lacking = statement.object().startsWith("extension ")
        || statement.object().startsWith("collation ")
        || "0A000".equals(e.getSQLState())
        || "58P01".equals(e.getSQLState());
    return lacking
        ? new ScratchUnfitException(what, e)
        : new RebuildException(what + "; the statement was: " + statement.sql(), e);
  }

  private static List<String> texts(Connection connection, String sql) throws SQLException {
    return Jdbc.query(connection, sql, Binder.NOTHING, row -> row.getString(1));
  }
}
