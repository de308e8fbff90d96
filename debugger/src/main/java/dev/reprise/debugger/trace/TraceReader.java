package dev.reprise.debugger.trace;

import dev.reprise.RepriseException;
import dev.reprise.runtime.json.UnreadableJsonException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** Reads a trace file and checks that it is whole. Damage is a {@link RepriseException} that names it. Thread-safe. */
final class TraceReader implements AutoCloseable {
  private final Path file;
  private final ZipFile zip;
  private final Manifest manifest;

  /** Is given the lines of an entry. */
  @FunctionalInterface
  interface LineSink {
    void line(String line) throws SQLException, IOException;
  }

  /**
   * Opens it.
   *
   * @throws RepriseException there is none, it is no trace file, it is damaged, or newer than this code
   */
  TraceReader(Path file) {
    this.file = file;
    if (!Files.isRegularFile(file)) {
      throw new RepriseException("there is no file " + file);
    }
    try {
      this.zip = new ZipFile(file.toFile(), StandardCharsets.UTF_8);
    } catch (ZipException e) {
      throw new RepriseException(
          "the file " + file + " is not a trace file, or its end is missing: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new RepriseException("the file " + file + " cannot be read: " + e.getMessage(), e);
    }
    boolean open = false;
    try {
      this.manifest = readManifest();
      open = true;
    } finally {
      if (!open) {
        close();
      }
    }
  }

  private Manifest readManifest() {
    var entry = zip.getEntry(Entries.MANIFEST);
    if (entry == null) {
      throw new RepriseException("the file " + file + " is not a trace file: it has no manifest");
    }
    byte[] content;
    try (var in = zip.getInputStream(entry)) {
      content = in.readAllBytes();
    } catch (IOException e) {
      throw damaged(Entries.MANIFEST, e.getMessage(), e);
    }
    var checksum = new CRC32();
    checksum.update(content);
    if (checksum.getValue() != entry.getCrc()) {
      throw damaged(Entries.MANIFEST, "its checksum is wrong", null);
    }
    Manifest read;
    try {
      read = Manifest.parse(new String(content, StandardCharsets.UTF_8));
    } catch (UnreadableJsonException e) {
      throw damaged(Entries.MANIFEST, e.getMessage(), e);
    } catch (RepriseException e) {
      throw new RepriseException("the file " + file + " " + e.getMessage(), e);
    }
    for (String name : read.entries().keySet()) {
      if (zip.getEntry(name) == null) {
        throw damaged(name, "it is missing", null);
      }
    }
    return read;
  }

  Manifest manifest() {
    return manifest;
  }

  /** Reads the lines of an entry, which has been checked when this returns. */
  void lines(String name, LineSink sink) throws SQLException {
    long rows = 0;
    try (var in = checked(name);
        var reader = new BufferedReader(
            new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()), 1 << 16)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        rows++;
        sink.line(line);
      }
      check(name, in, rows);
    } catch (CharacterCodingException e) {
      throw damaged(name, "it is no text", e);
    } catch (UnreadableJsonException e) {
      throw damaged(name, "line " + rows + " is not JSON: " + e.getMessage(), e);
    } catch (IOException e) {
      throw damaged(name, e.getMessage(), e);
    }
  }

  /** A whole entry. */
  byte[] content(String name) {
    try (var in = checked(name)) {
      byte[] content = in.readAllBytes();
      check(name, in, 0);
      return content;
    } catch (IOException e) {
      throw damaged(name, e.getMessage(), e);
    }
  }

  private DigestInputStream checked(String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null || !manifest.entries().containsKey(name)) {
      throw damaged(name, "it is missing", null);
    }
    InputStream in = zip.getInputStream(entry);
    return new DigestInputStream(in, sha256());
  }

  private void check(String name, DigestInputStream in, long rows) {
    var expected = manifest.entries().get(name);
    if (expected == null
        || expected.rows() != rows
        || !HexFormat.of().formatHex(in.getMessageDigest().digest()).equals(expected.sha256())) {
      throw damaged(name, "it is not what the manifest says", null);
    }
  }

  /** For content that cannot be used although it is as it was written. */
  RepriseException damaged(String entry, @Nullable String why, @Nullable Throwable cause) {
    return new RepriseException("the file " + file + " is damaged at " + entry + ": " + why, cause);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      throw new RepriseException("the file " + file + " cannot be closed", e);
    }
  }
}
