package dev.reprise.debugger.trace;

import dev.reprise.RepriseException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/** Writes a trace file, entry by entry, beside the file that it becomes when it is complete. For one thread. */
final class TraceWriter implements AutoCloseable {
  private final Path file;
  private final Path partial;
  private final boolean replaces;
  private final ZipOutputStream zip;
  private final Map<String, Manifest.Entry> entries = new LinkedHashMap<>();
  private @Nullable String current;
  private MessageDigest digest = TraceReader.sha256();
  private long rows;
  private boolean complete;

  /**
   * Begins it.
   *
   * @param replaces whether a file of that name gives way
   * @throws RepriseException there is such a file, or none can be written there
   */
  TraceWriter(Path file, boolean replaces) {
    this.file = file.toAbsolutePath();
    this.replaces = replaces;
    requireNone();
    try {
      Path directory = this.file.getParent();
      this.partial = Files.createTempFile(directory, file.getFileName() + ".", ".partial");
      OutputStream out = new BufferedOutputStream(Files.newOutputStream(partial));
      this.zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new RepriseException("the file " + file + " cannot be written: " + e, e);
    }
  }

  private void requireNone() {
    if (!replaces && Files.exists(file)) {
      throw new RepriseException("there is a file " + file + " already; --force replaces it");
    }
  }

  /** Begins an entry of lines; the one before is complete. */
  void begin(String entry) {
    end();
    try {
      zip.putNextEntry(new ZipEntry(entry));
      current = entry;
      digest = TraceReader.sha256();
      rows = 0;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Writes a line, which holds no line feed. */
  void line(String line) {
    rows++;
    write(line.getBytes(StandardCharsets.UTF_8));
    write(new byte[] {'\n'});
  }

  /** A whole entry that is no text. */
  void content(String entry, byte[] content) {
    begin(entry);
    write(content);
  }

  private void write(byte[] bytes) {
    try {
      zip.write(bytes);
      digest.update(bytes);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void end() {
    String entry = current;
    if (entry != null) {
      entries.put(entry, new Manifest.Entry(rows, HexFormat.of().formatHex(digest.digest())));
      current = null;
    }
  }

  /** All entries that are complete, and the last one. */
  Map<String, Manifest.Entry> entries() {
    end();
    return new LinkedHashMap<>(entries);
  }

  /** Writes the manifest and gives the file its name. */
  void complete(Manifest manifest) {
    try {
      end();
      zip.putNextEntry(new ZipEntry(Entries.MANIFEST));
      zip.write(manifest.text().getBytes(StandardCharsets.UTF_8));
      zip.close();
      requireNone();
      try {
        Files.move(
            partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
      }
      complete = true;
    } catch (FileAlreadyExistsException e) {
      throw new RepriseException("there is a file " + file + " already", e);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private RepriseException failed(IOException e) {
    return new RepriseException("the file " + file + " cannot be written: " + e.getMessage(), e);
  }

  /** Removes what is not complete. */
  @Override
  public void close() {
    if (complete) {
      return;
    }
    try {
      zip.close();
    } catch (IOException e) {
      // the disk is full, perhaps; the file goes
    }
    try {
      Files.deleteIfExists(partial);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
