package dev.reprise.runtime.postgres;

import java.util.List;
import java.util.Set;

/**
 * Statements that may leave something behind in the session: settings, locks, temporary tables, cursors, prepared
 * statements. What a function of the database does inside is not seen.
 */
final class SessionChange {
  private static final Set<String> ALWAYS =
      Set.of("reset", "listen", "unlisten", "load", "prepare", "deallocate", "do");
  private static final Set<String> SESSION_LOCKS = Set.of(
      "pg_advisory_lock",
      "pg_advisory_lock_shared",
      "pg_try_advisory_lock",
      "pg_try_advisory_lock_shared");

  private SessionChange() {}

  static boolean in(List<SqlToken> statement) {
    SqlToken first = statement.get(0);
    boolean byKind = first.kind() == SqlToken.Kind.WORD
        && switch (first.text()) {
          case "set" -> setsForSession(statement);
          case "create", "select", "with" -> createsTemporary(statement);
          case "declare" -> has(statement, "with", "hold");
          default -> ALWAYS.contains(first.text());
        };
    return byKind || callsSessionFunction(statement);
  }

  private static boolean setsForSession(List<SqlToken> statement) {
    return statement.size() > 1
        && !statement.get(1).isWord("local")
        && !statement.get(1).isWord("constraints");
  }

  private static boolean createsTemporary(List<SqlToken> statement) {
    boolean creates = statement.get(0).isWord("create");
    boolean temporary = creates
        ? statement.stream().limit(5).anyMatch(SessionChange::isTemporary)
        : has(statement, "into", "temp")
            || has(statement, "into", "temporary")
            || has(statement, "into", "local")
            || has(statement, "into", "global");
    boolean inTemporarySchema = creates
        && statement.stream().anyMatch(token -> token.isName() && token.text().equals("pg_temp"));
    return (temporary && !has(statement, "commit", "drop")) || inTemporarySchema;
  }

  private static boolean isTemporary(SqlToken token) {
    return token.isWord("temp") || token.isWord("temporary");
  }

  private static boolean callsSessionFunction(List<SqlToken> statement) {
    for (int i = 0; i + 1 < statement.size(); i++) {
      SqlToken name = statement.get(i);
      if (name.isName()
          && statement.get(i + 1).isSymbol('(')
          && (SESSION_LOCKS.contains(name.text())
              || (name.text().equals("set_config") && !endsWithTrue(statement, i + 1)))) {
        return true;
      }
    }
    return false;
  }

  /** Whether the last argument is the word true: {@code set_config(.., true)} ends with the transaction. */
  private static boolean endsWithTrue(List<SqlToken> statement, int open) {
    int depth = 0;
    for (int i = open; i < statement.size(); i++) {
      if (statement.get(i).isSymbol('(')) {
        depth++;
      } else if (statement.get(i).isSymbol(')')) {
        depth--;
        if (depth == 0) {
          return statement.get(i - 1).isWord("true") && statement.get(i - 2).isSymbol(',');
        }
      }
    }
    return false;
  }

  private static boolean has(List<SqlToken> statement, String word, String next) {
    for (int i = 0; i + 1 < statement.size(); i++) {
      if (statement.get(i).isWord(word) && statement.get(i + 1).isWord(next)) {
        return true;
      }
    }
    return false;
  }
}
