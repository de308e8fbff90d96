package dev.reprise.debugger.history;

import java.util.regex.Pattern;

/** A position in the server's log, in bytes; unsigned. */
public record Lsn(long position) implements Comparable<Lsn> {
  /** Before everything. */
  public static final Lsn ZERO = new Lsn(0);

  /** Behind everything. */
  public static final Lsn MAX = new Lsn(-1);

  private static final Pattern TEXT = Pattern.compile("[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}");

  /**
   * Reads {@code 16/B374D848}.
   *
   * @throws IllegalArgumentException for any other text
   */
  public static Lsn parse(String text) {
    if (!TEXT.matcher(text).matches()) {
      throw new IllegalArgumentException("not a position in the log: \"" + text + "\"");
    }
    int slash = text.indexOf('/');
    long high = Long.parseLong(text.substring(0, slash), 16);
    return new Lsn(high << 32 | Long.parseLong(text.substring(slash + 1), 16));
  }

  @Override
  public int compareTo(Lsn other) {
    return Long.compareUnsigned(position, other.position);
  }

  /** As the server writes it. */
  @Override
  public String toString() {
    return "%X/%X".formatted(position >>> 32, position & 0xFFFFFFFFL);
  }
}
