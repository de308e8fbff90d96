package dev.reprise.runtime.postgres;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/**
 * HikariCP drops a connection on SQLSTATE 0A000; for PostgreSQL that is an ordinary error of a statement, and the
 * transaction still has to be ended in order.
 */
final class KeepOnUnsupportedFeature implements SQLExceptionOverride {
  @java.lang.Override
  public SQLExceptionOverride.Override adjudicate(SQLException e) {
    return "0A000".equals(e.getSQLState())
        ? SQLExceptionOverride.Override.DO_NOT_EVICT
        : SQLExceptionOverride.Override.CONTINUE_EVICT;
  }
}
