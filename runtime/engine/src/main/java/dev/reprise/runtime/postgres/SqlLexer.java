package dev.reprise.runtime.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Cuts an SQL text into tokens as PostgreSQL's own lexer does ({@code src/backend/parser/scan.l}), with
 * {@code standard_conforming_strings} on. Comments vanish, literals become one token without content. What is not
 * terminated hides the rest, which the server refuses. Braces of JDBC escapes count as white space. Not thread-safe.
 */
final class SqlLexer {
  private static final int END = -1;

  private final String text;
  private final List<SqlToken> tokens = new ArrayList<>();
  private int at;

  private SqlLexer(String text) {
    this.text = text;
  }

  static List<SqlToken> tokens(String text) {
    var lexer = new SqlLexer(text);
    while (lexer.at < text.length()) {
      lexer.next();
    }
    return lexer.tokens;
  }

  private void next() {
    char c = text.charAt(at);
    if (isSpace(c) || c == '}') {
      at++;
    } else if (c == '{') {
      skipEscapeKeyword();
    } else if (c == '-' && peek(1) == '-') {
      at = endOfLine(at);
    } else if (c == '/' && peek(1) == '*') {
      at = endOfBlockComment(at);
    } else if ((c == 'e' || c == 'E') && peek(1) == '\'') {
      at = endOfEscapeString(at + 2);
      tokens.add(SqlToken.SOME_LITERAL);
    } else if (isWordStart(c)) {
      word();
    } else if (isDigit(c)) {
      at = endOf(at, i -> isWordPart(text.charAt(i)) || text.charAt(i) == '.');
      tokens.add(SqlToken.SOME_LITERAL);
    } else if (c == '\'') {
      at = endOfQuoted(at + 1, '\'');
      tokens.add(SqlToken.SOME_LITERAL);
    } else if (c == '"') {
      quotedIdentifier();
    } else if (c == '$') {
      dollar();
    } else {
      tokens.add(new SqlToken(SqlToken.Kind.SYMBOL, text.substring(at, at + 1)));
      at++;
    }
  }

  private void word() {
    int end = endOf(at, i -> isWordPart(text.charAt(i)));
    tokens.add(new SqlToken(SqlToken.Kind.WORD, lowerCase(text.substring(at, end))));
    at = end;
  }

  private void quotedIdentifier() {
    int end = endOfQuoted(at + 1, '"');
    String inner = text.substring(at + 1, Math.max(at + 1, end - 1));
    tokens.add(new SqlToken(SqlToken.Kind.QUOTED, inner.replace("\"\"", "\"")));
    at = end;
  }

  /** A parameter {@code $1}, a dollar-quoted string, or a lone dollar sign. */
  private void dollar() {
    int tagEnd = at + 1;
    if (isDigit(peek(1))) {
      at = endOf(tagEnd, i -> isDigit(text.charAt(i)));
      tokens.add(SqlToken.SOME_LITERAL);
      return;
    }
    while (tagEnd < text.length()
        && isWordPart(text.charAt(tagEnd))
        && text.charAt(tagEnd) != '$') {
      tagEnd++;
    }
    if (tagEnd < text.length() && text.charAt(tagEnd) == '$') {
      String tag = text.substring(at, tagEnd + 1);
      int close = text.indexOf(tag, tagEnd + 1);
      at = close < 0 ? text.length() : close + tag.length();
      tokens.add(SqlToken.SOME_LITERAL);
    } else {
      tokens.add(new SqlToken(SqlToken.Kind.SYMBOL, "$"));
      at++;
    }
  }

  /** The driver drops the braces of an escape and these words with them: {@code {oj ..}} runs as what is inside. */
  private void skipEscapeKeyword() {
    at = endOf(at + 1, i -> isSpace(text.charAt(i)));
    int end = endOf(at, i -> isWordPart(text.charAt(i)));
    switch (lowerCase(text.substring(at, end))) {
      case "oj", "fn", "d", "t", "ts", "escape" -> at = end;
      default -> {}
    }
  }

  private int endOfBlockComment(int from) {
    int depth = 0;
    int i = from;
    while (i < text.length()) {
      if (text.startsWith("/*", i)) {
        depth++;
        i += 2;
      } else if (text.startsWith("*/", i)) {
        depth--;
        i += 2;
        if (depth == 0) {
          return i;
        }
      } else {
        i++;
      }
    }
    return i;
  }

  private int endOfQuoted(int from, char quote) {
    int i = from;
    while (i < text.length()) {
      if (text.charAt(i) != quote) {
        i++;
      } else if (i + 1 < text.length() && text.charAt(i + 1) == quote) {
        i += 2;
      } else {
        return i + 1;
      }
    }
    return text.length();
  }

  /** A string continued on a later line goes on with the escapes of its beginning. */
  private int endOfEscapeString(int from) {
    int i = endOfEscapePart(from);
    for (int next = continuation(i); next != END; next = continuation(i)) {
      i = endOfEscapePart(next);
    }
    return i;
  }

  private int endOfEscapePart(int from) {
    int i = from;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '\\') {
        i += 2;
      } else if (c != '\'') {
        i++;
      } else if (i + 1 < text.length() && text.charAt(i + 1) == '\'') {
        i += 2;
      } else {
        return i + 1;
      }
    }
    return text.length();
  }

  /** Where the content goes on if white space with a line end and another quote follow, else {@link #END}. */
  private int continuation(int from) {
    boolean newLine = false;
    int i = from;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '\'') {
        return newLine ? i + 1 : END;
      } else if (text.startsWith("--", i)) {
        i = endOfLine(i);
      } else if (isSpace(c)) {
        newLine |= c == '\n' || c == '\r';
        i++;
      } else {
        return END;
      }
    }
    return END;
  }

  private int endOfLine(int from) {
    return endOf(from, i -> text.charAt(i) != '\n' && text.charAt(i) != '\r');
  }

  private int endOf(int from, IntPredicate inside) {
    int i = from;
    while (i < text.length() && inside.test(i)) {
      i++;
    }
    return i;
  }

  private char peek(int ahead) {
    return at + ahead < text.length() ? text.charAt(at + ahead) : '\0';
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
  }

  private static boolean isWordPart(char c) {
    return isWordStart(c) || isDigit(c) || c == '$';
  }

  /** Only ASCII: keywords have no other letters, and other letters must not fold into them. */
  private static String lowerCase(String word) {
    var lower = new StringBuilder(word.length());
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      lower.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
    }
    return lower.toString();
  }
}
