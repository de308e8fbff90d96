package dev.reprise.runtime.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/** Sees every new physical connection before anybody else. Called from several threads at once. */
@FunctionalInterface
public interface ConnectionHook {
  /** Does nothing. */
  ConnectionHook NONE = connection -> {};

  /**
   * A connection was opened, with autocommit on and its session settings made. The hook keeps no reference to it.
   *
   * @throws SQLException refuses the connection, which is then closed and never used
   */
  void onConnect(Connection connection) throws SQLException;
}
