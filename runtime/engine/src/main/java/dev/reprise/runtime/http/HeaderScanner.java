package dev.reprise.runtime.http;

import java.util.Optional;

/** Reads the small grammar that headers share: tokens, quoted strings, optional white space (RFC 9110, 5.6). */
final class HeaderScanner {
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  private final String text;
  private int at;

  HeaderScanner(String text) {
    this.text = text;
  }

  boolean atEnd() {
    return at == text.length();
  }

  /** Passes over spaces and tabs. */
  HeaderScanner skipSpace() {
    while (!atEnd() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
    return this;
  }

  /** Takes {@code mark} where it comes next. */
  boolean take(char mark) {
    if (!atEnd() && text.charAt(at) == mark) {
      at++;
      return true;
    }
    return false;
  }

  /** Takes a token; empty where none comes next. */
  Optional<String> token() {
    int from = at;
    while (!atEnd() && isTokenMark(text.charAt(at))) {
      at++;
    }
    return from == at ? Optional.empty() : Optional.of(text.substring(from, at));
  }

  /** Takes a token or a quoted string without its quotes; empty where neither comes next, complete. */
  Optional<String> word() {
    if (!take('"')) {
      return token();
    }
    var word = new StringBuilder();
    while (!atEnd()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return Optional.of(word.toString());
      }
      if (c == '\\') {
        if (atEnd()) {
          return Optional.empty();
        }
        c = text.charAt(at++);
      }
      word.append(c);
    }
    return Optional.empty();
  }

  private static boolean isTokenMark(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || TOKEN_MARKS.indexOf(c) >= 0;
  }
}
