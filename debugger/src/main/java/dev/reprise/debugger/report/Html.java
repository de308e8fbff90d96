package dev.reprise.debugger.report;

import org.jspecify.annotations.Nullable;

/** HTML being written: whatever is given as text is escaped. Not thread-safe. */
final class Html {
  private final StringBuilder out = new StringBuilder();

  /** Markup of the program, taken as it is; never a value. */
  Html raw(String markup) {
    out.append(markup);
    return this;
  }

  /** A value, in an element or between the double quotes of an attribute. */
  Html text(@Nullable String value) {
    out.append(escape(String.valueOf(value)));
    return this;
  }

  /** An element with only a text in it. */
  Html element(String name, String style, @Nullable String value) {
    out.append('<').append(name);
    if (!style.isEmpty()) {
      out.append(" class=\"").append(style).append('"');
    }
    out.append('>');
    text(value);
    out.append("</").append(name).append('>');
    return this;
  }

  private static String escape(String text) {
    var escaped = new StringBuilder();
    text.codePoints().forEach(c -> {
      switch (c) {
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '&' -> escaped.append("&amp;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> {
          boolean shown = c == '\n' || c == '\t' || c >= ' ' && c != 0x7f;
          boolean turns = c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069;
          boolean half = c >= 0xd800 && c <= 0xdfff;
          escaped.appendCodePoint(shown && !turns && !half ? c : '\ufffd');
        }
      }
    });
    return escaped.toString();
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
