package dev.reprise.runtime.postgres;

/**
 * One token of an SQL text.
 *
 * @param text a word in lower case, a quoted identifier without its quotes, one character of anything else; empty for
 *     literals
 */
record SqlToken(Kind kind, String text) {
  enum Kind {
    WORD,
    QUOTED,
    LITERAL,
    SYMBOL
  }

  static final SqlToken SOME_LITERAL = new SqlToken(Kind.LITERAL, "");

  boolean isWord(String word) {
    return kind == Kind.WORD && text.equals(word);
  }

  boolean isSymbol(char symbol) {
    return kind == Kind.SYMBOL && text.charAt(0) == symbol;
  }

  /** Whether it can name something: an identifier, quoted or not. */
  boolean isName() {
    return kind == Kind.WORD || kind == Kind.QUOTED;
  }
}
