package dev.reprise.runtime.postgres;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Statements that end, begin or redefine a transaction, or divide it by savepoints. */
final class TransactionControl {
  private static final Set<String> TRANSACTION_SETTINGS = Set.of(
      "transaction_isolation",
      "transaction_read_only",
      "transaction_deferrable",
      "default_transaction_isolation",
      "default_transaction_read_only",
      "default_transaction_deferrable");

  private TransactionControl() {}

  /** Throws where the statement is the transaction wrapper's to run. */
  static void refuse(List<SqlToken> statement) {
    SqlToken first = statement.get(0);
    if (first.kind() != SqlToken.Kind.WORD) {
      return;
    }
    switch (first.text()) {
      case "commit", "end" -> throw Misuse.commit(upper(first));
      case "abort" -> throw Misuse.rollback("ABORT");
      case "begin" -> throw Misuse.begin("BEGIN");
      case "rollback" -> refuseWholeRollback(statement);
      case "start" -> {
        if (wordAt(statement, 1, "transaction")) {
          throw Misuse.begin("START TRANSACTION");
        }
      }
      case "prepare" -> refusePrepareTransaction(statement);
      case "set" -> refuseTransactionSetting(statement);
      case "discard" -> throw Misuse.discard();
      default -> {}
    }
  }

  /** What the statement does with a savepoint; throws where that is one of Reprise's own. */
  static Optional<SavepointCommand> savepoint(List<SqlToken> statement) {
    SqlToken first = statement.get(0);
    Optional<SavepointCommand> found = Optional.empty();
    if (first.isWord("savepoint")) {
      found = command(statement, SavepointCommand.Kind.OPEN, 1);
    } else if (first.isWord("release")) {
      int name = wordAt(statement, 1, "savepoint") ? 2 : 1;
      found = command(statement, SavepointCommand.Kind.RELEASE, name);
    } else if (first.isWord("rollback")) {
      int to = indexOfTo(statement);
      int name =
          wordAt(statement, to + 1, "savepoint") && statement.size() > to + 2 ? to + 2 : to + 1;
      found = command(statement, SavepointCommand.Kind.ROLL_BACK, name);
    }
    if (found.isPresent() && found.get().isReserved()) {
      throw Misuse.reservedSavepoint(found.get().name());
    }
    return found;
  }

  private static Optional<SavepointCommand> command(
      List<SqlToken> statement, SavepointCommand.Kind kind, int name) {
    return name < statement.size() && statement.get(name).isName()
        ? Optional.of(new SavepointCommand(kind, statement.get(name).text()))
        : Optional.empty();
  }

  private static void refuseWholeRollback(List<SqlToken> statement) {
    if (!wordAt(statement, indexOfTo(statement), "to")) {
      throw Misuse.rollback("ROLLBACK");
    }
  }

  private static int indexOfTo(List<SqlToken> rollback) {
    return wordAt(rollback, 1, "work") || wordAt(rollback, 1, "transaction") ? 2 : 1;
  }

  private static void refusePrepareTransaction(List<SqlToken> statement) {
    // "transaction" may also name a prepared statement: PREPARE transaction (int) AS ..
    boolean named =
        wordAt(statement, 2, "as") || (statement.size() > 2 && statement.get(2).isSymbol('('));
    if (wordAt(statement, 1, "transaction") && !named) {
      throw Misuse.prepareTransaction();
    }
  }

  private static void refuseTransactionSetting(List<SqlToken> statement) {
    int i = wordAt(statement, 1, "session") || wordAt(statement, 1, "local") ? 2 : 1;
    if (i >= statement.size() || !statement.get(i).isName()) {
      return;
    }
    String setting = statement.get(i).text().toLowerCase(Locale.ROOT);
    if (setting.equals("transaction")
        || setting.equals("characteristics")
        || TRANSACTION_SETTINGS.contains(setting)) {
      throw Misuse.transactionSetting("SET " + setting.toUpperCase(Locale.ROOT));
    }
  }

  private static boolean wordAt(List<SqlToken> statement, int index, String word) {
    return index < statement.size() && statement.get(index).isWord(word);
  }

  private static String upper(SqlToken word) {
    return word.text().toUpperCase(Locale.ROOT);
  }
}
