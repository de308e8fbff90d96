package dev.reprise.runtime.execution;

import dev.reprise.runtime.store.Position;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What looks random in a workflow and is the same on every run: derived by SHA-256 from the execution's internal id and
 * the branch, so it costs no record. Not thread-safe.
 */
final class Derivation {
  private final String seed;
  private @Nullable Random random;
  private int uuids;

  Derivation(UUID execution, @Nullable Position branch) {
    this.seed = execution + "/" + (branch == null ? "" : branch.toString());
  }

  /** The next UUID, of version 4. */
  UUID uuid() {
    return uuid(seed + "/uuid/" + ++uuids);
  }

  /** The branch's generator. */
  Random random() {
    if (random == null) {
      random = new Random(digest(seed + "/random").getLong());
    }
    return random;
  }

  /**
   * The internal id of the child that is begun at a position. It begins with the time of the parent's, so that a list by id
   * has a family together; version 8 of RFC 9562.
   */
  static UUID child(UUID parent, Position position) {
    var hash = uuid(parent + "/child/" + position);
    long time = parent.getMostSignificantBits() & ~0xFFFFL;
    return new UUID(
        time | 0x8000L | hash.getMostSignificantBits() & 0x0FFFL, hash.getLeastSignificantBits());
  }

  private static UUID uuid(String text) {
    var bytes = digest(text);
    long high = bytes.getLong() & ~0xF000L | 0x4000L;
    long low = bytes.getLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L;
    return new UUID(high, low);
  }

  private static ByteBuffer digest(String text) {
    try {
      return ByteBuffer.wrap(
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
