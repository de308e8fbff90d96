package dev.reprise.debugger.trace;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Numbers that a key and a text determine, one after the other, and that tell nothing of the text without the key. */
final class KeyedDigits {
  private static final String ALGORITHM = "HmacSHA256";

  private final Mac mac;
  private final byte[] text;
  private byte[] block = {};
  private int blocks;
  private int used;

  KeyedDigits(byte[] key, String text) {
    try {
      mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("this Java has no " + ALGORITHM, e);
    }
    this.text = text.getBytes(StandardCharsets.UTF_8);
  }

  /** From 0, below {@code bound}. */
  int next(int bound) {
    return Math.floorMod((nextByte() << 16) | (nextByte() << 8) | nextByte(), bound);
  }

  int nextByte() {
    if (used == block.length) {
      mac.update((byte) (blocks >>> 8));
      mac.update((byte) blocks++);
      block = mac.doFinal(text);
      used = 0;
    }
    return block[used++] & 0xff;
  }
}
