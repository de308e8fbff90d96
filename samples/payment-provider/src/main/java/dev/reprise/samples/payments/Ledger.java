package dev.reprise.samples.payments;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * The provider's own record: a file that only grows, one line per entry. An entry is on the disk before
 * {@link #append} returns. Nothing in it is unique except by what {@link Cashier} checks: an order that is charged twice
 * under two keys stands in it twice, which is what tests of exactly-once look for.
 *
 * <p>Thread-safe. The file belongs to one ledger at a time.
 */
final class Ledger implements AutoCloseable {
  private final FileChannel file;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, Entry> charges = new HashMap<>();
  private final Map<String, Entry> refunds = new HashMap<>();
  private final Map<String, Entry> refundsByCharge = new HashMap<>();
  private long end;

  private Ledger(FileChannel file) {
    this.file = file;
  }

  /**
   * Opens or begins a ledger. A last line without its end was never acknowledged: it is cut off.
   *
   * @throws IOException where the file cannot be used, or is none of ours; the message names the line
   */
  static Ledger open(Path path) throws IOException {
    var parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    var file = FileChannel.open(
        path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      claim(file, path);
      var ledger = new Ledger(file);
      ledger.load(path);
      return ledger;
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private static void claim(FileChannel file, Path path) throws IOException {
    try {
      if (file.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      throw new IOException("the ledger " + path + " is in use by this process", e);
    }
    throw new IOException("the ledger " + path + " is in use by another process");
  }

  private void load(Path path) throws IOException {
    var text = Files.readString(path, UTF_8);
    var whole = text.substring(0, text.lastIndexOf('\n') + 1);
    for (var line : whole.lines().toList()) {
      try {
        remember(Entry.ofLine(line));
      } catch (IllegalArgumentException | DateTimeException e) {
        throw new IOException(
            "line " + (entries.size() + 1) + " of " + path + " is not an entry: " + e.getMessage(),
            e);
      }
    }
    end = whole.getBytes(UTF_8).length;
    file.truncate(end);
  }

  /**
   * Adds an entry.
   *
   * @param entry makes it from the number of its line, from 1
   * @throws IOException where it is not on the disk; the ledger is then as before
   */
  synchronized Entry append(LongFunction<Entry> entry) throws IOException {
    var made = entry.apply(entries.size() + 1L);
    var bytes = ByteBuffer.wrap((made.line() + "\n").getBytes(UTF_8));
    int length = bytes.remaining();
    try {
      // Cuts off what a failed attempt may have left behind.
      file.truncate(end);
      while (bytes.hasRemaining()) {
        file.write(bytes, end + length - bytes.remaining());
      }
      file.force(false);
    } catch (IOException e) {
      file.truncate(end);
      throw e;
    }
    end += length;
    remember(made);
    return made;
  }

  private void remember(Entry entry) {
    entries.add(entry);
    if (entry.isCharge()) {
      charges.put(entry.key(), entry);
    } else {
      refunds.put(entry.key(), entry);
      refundsByCharge.put(entry.chargeKey(), entry);
    }
  }

  /** The charge made under this idempotency key. */
  synchronized Optional<Entry> charge(String key) {
    return Optional.ofNullable(charges.get(key));
  }

  /** The refund made under this idempotency key. */
  synchronized Optional<Entry> refund(String key) {
    return Optional.ofNullable(refunds.get(key));
  }

  /** Whether there is a refund of the charge with this key, even of one that never happened. */
  synchronized boolean isRefunded(String chargeKey) {
    return refundsByCharge.containsKey(chargeKey);
  }

  /** All entries, in the order in which they were written. */
  synchronized List<Entry> entries() {
    return List.copyOf(entries);
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
