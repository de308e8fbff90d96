package dev.reprise.runtime.http;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;

/** Where a list goes on: opaque for clients, within it the internal id of the last execution shown. */
final class Cursor {
  private static final int LENGTH = 16;

  private Cursor() {}

  static String of(UUID last) {
    var bytes = ByteBuffer.allocate(LENGTH)
        .putLong(last.getMostSignificantBits())
        .putLong(last.getLeastSignificantBits());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  /**
   * The inverse.
   *
   * @throws ProblemException for anything that {@link #of} did not give
   */
  static UUID parse(String text) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      bytes = new byte[0];
    }
    if (bytes.length == LENGTH) {
      var buffer = ByteBuffer.wrap(bytes);
      var last = new UUID(buffer.getLong(), buffer.getLong());
      if (of(last).equals(text)) {
        return last;
      }
    }
    throw QueryString.invalid("cursor", "the \"next\" of the page before, unchanged", text);
  }
}
