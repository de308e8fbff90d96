package dev.reprise.debugger.history;

import java.sql.SQLException;
import java.time.Instant;

/** Is told of transactions and their changes one after the other, so that a large transaction need not fit into memory. */
public interface ChangeReader {
  /** The changes that follow are of that transaction. */
  void begin(long xid, Lsn commit, Instant committedAt) throws SQLException;

  /** The next change of the transaction. */
  void change(Change change) throws SQLException;
}
