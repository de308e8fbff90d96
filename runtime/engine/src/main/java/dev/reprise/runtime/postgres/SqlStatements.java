package dev.reprise.runtime.postgres;

import java.util.ArrayList;
import java.util.List;

/** Divides the tokens of a text into its statements, as the driver does before it sends them. */
final class SqlStatements {
  private static final int WORDS_BEFORE_FUNCTION = 4;

  private SqlStatements() {}

  /** The statements that are not empty, in order, without the semicolons. */
  static List<List<SqlToken>> of(List<SqlToken> tokens) {
    var statements = new ArrayList<List<SqlToken>>();
    var current = new ArrayList<SqlToken>();
    int bodyDepth = 0;
    for (SqlToken token : tokens) {
      if (token.isSymbol(';') && bodyDepth == 0) {
        addUnlessEmpty(statements, current);
        current = new ArrayList<>();
      } else {
        bodyDepth = depthAfter(token, current, bodyDepth);
        current.add(token);
      }
    }
    addUnlessEmpty(statements, current);
    return statements;
  }

  /** Depth in the SQL-standard body of a function, {@code BEGIN ATOMIC .. END}, whose semicolons end no statement. */
  private static int depthAfter(SqlToken token, List<SqlToken> before, int depth) {
    if (before.isEmpty() || token.kind() != SqlToken.Kind.WORD) {
      return depth;
    }
    SqlToken previous = before.get(before.size() - 1);
    if (depth == 0) {
      boolean begins =
          token.isWord("atomic") && previous.isWord("begin") && createsFunction(before);
      return begins ? 1 : 0;
    }
    if (previous.isSymbol('.') || previous.isWord("as")) {
      return depth;
    }
    return switch (token.text()) {
      case "case" -> depth + 1;
      case "end" -> depth - 1;
      default -> depth;
    };
  }

  private static boolean createsFunction(List<SqlToken> statement) {
    return statement.get(0).isWord("create")
        && statement.stream()
            .limit(WORDS_BEFORE_FUNCTION)
            .anyMatch(token -> token.isWord("function") || token.isWord("procedure"));
  }

  private static void addUnlessEmpty(List<List<SqlToken>> statements, List<SqlToken> statement) {
    if (!statement.isEmpty()) {
      statements.add(statement);
    }
  }
}
