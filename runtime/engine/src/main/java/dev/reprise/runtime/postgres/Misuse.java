package dev.reprise.runtime.postgres;

import dev.reprise.TransactionMisuseException;

/** What is refused on a function's connection, each with its remedy. */
final class Misuse {
  private Misuse() {}

  static TransactionMisuseException outsideTransaction() {
    return new TransactionMisuseException(
        "there is no transaction here: a connection of this DataSource can be had only while a @Transaction"
            + " method runs, on its thread; move the database access into a method with @Transaction");
  }

  static TransactionMisuseException commit(String what) {
    return new TransactionMisuseException(what
        + " is Reprise's: the function's transaction is committed when the method returns; remove the"
        + " call, and use @Transaction where a library opens transactions of its own");
  }

  static TransactionMisuseException rollback(String what) {
    return new TransactionMisuseException(what
        + " is Reprise's: the function's transaction ends with the method; throw to roll back, use JDBC"
        + " savepoints for a partial rollback");
  }

  static TransactionMisuseException begin(String what) {
    return new TransactionMisuseException(what
        + " is Reprise's: the function runs in a transaction already; use savepoints to divide it, or"
        + " another @Transaction method for a transaction of its own");
  }

  static TransactionMisuseException autoCommit() {
    return new TransactionMisuseException(
        "setAutoCommit(true) is refused: the function's statements are one transaction, which Reprise"
            + " commits when the method returns; remove the call");
  }

  static TransactionMisuseException prepareTransaction() {
    return new TransactionMisuseException(
        "PREPARE TRANSACTION is Reprise's: use Durable.coordinate(TWO_PHASE) in a @Workflow for one"
            + " outcome on several databases");
  }

  static TransactionMisuseException transactionSetting(String what) {
    return new TransactionMisuseException(what
        + " is refused: isolation and access mode of the function's transaction come from its annotation;"
        + " use @Transaction(isolation = .., readOnly = ..)");
  }

  static TransactionMisuseException discard() {
    return new TransactionMisuseException(
        "DISCARD is refused: the session is Reprise's and is reset where that is needed; remove it");
  }

  static TransactionMisuseException reservedSavepoint(String name) {
    return new TransactionMisuseException("the savepoint " + name
        + " is refused: names that begin with " + SavepointCommand.RESERVED_PREFIX
        + " belong to Reprise; use another name");
  }

  static TransactionMisuseException ofConnection(String method) {
    return new TransactionMisuseException(method
        + " is refused: the connection is lent to the function for one transaction; configure it where"
        + " Reprise's database is configured");
  }
}
