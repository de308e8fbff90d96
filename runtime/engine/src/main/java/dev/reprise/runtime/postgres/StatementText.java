package dev.reprise.runtime.postgres;

import dev.reprise.TransactionMisuseException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an SQL text, of one or more statements, would do to the transaction and the session beside reading and writing
 * rows. Immutable.
 *
 * @param changesSession whether it may leave something behind in the session after the transaction has ended
 * @param savepoints what it does with savepoints, in order
 */
record StatementText(String text, boolean changesSession, List<SavepointCommand> savepoints) {
  /** Of an object whose statement is not known; does nothing. */
  static StatementText named(String description) {
    return new StatementText(description, false, List.of());
  }

  /**
   * Reads a text.
   *
   * @throws TransactionMisuseException a statement in it would end, begin or redefine the transaction
   */
  static StatementText of(String text) {
    boolean changesSession = false;
    var savepoints = new ArrayList<SavepointCommand>();
    for (List<SqlToken> statement : SqlStatements.of(SqlLexer.tokens(text))) {
      TransactionControl.refuse(statement);
      TransactionControl.savepoint(statement).ifPresent(savepoints::add);
      changesSession |= SessionChange.in(statement);
    }
    return new StatementText(text, changesSession, List.copyOf(savepoints));
  }

  /** One text made of several, for a batch. */
  static StatementText batch(List<StatementText> parts) {
    var savepoints = new ArrayList<SavepointCommand>();
    parts.forEach(part -> savepoints.addAll(part.savepoints));
    return new StatementText(
        String.join("; ", parts.stream().map(StatementText::text).distinct().toList()),
        parts.stream().anyMatch(StatementText::changesSession),
        savepoints);
  }
}
