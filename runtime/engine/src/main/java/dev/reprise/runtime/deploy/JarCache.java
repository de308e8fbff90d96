package dev.reprise.runtime.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;

/**
 * Copies of jars in a directory, named by their content, which nobody changes: a jar that is rebuilt while its classes
 * are loaded from it breaks them. Thread-safe; processes may share the directory.
 */
public final class JarCache {
  private final Path directory;

  /** In that directory, which is made if need be. */
  public JarCache(Path directory) {
    this.directory = directory;
  }

  /** Deletes the file of a version, if there is one; whoever has it open still reads it. */
  void remove(String version) throws IOException {
    Files.deleteIfExists(directory.resolve(version + ".jar"));
  }

  /** The file with the content of another. */
  Path put(Path jar) throws IOException {
    Files.createDirectories(directory);
    var temporary = Files.createTempFile(directory, "jar", ".part");
    try {
      Files.copy(jar, temporary, StandardCopyOption.REPLACE_EXISTING);
      // of the copy: the other may be changed meanwhile
      var file = directory.resolve(ContentHash.of(temporary) + ".jar");
      if (Files.exists(file) && Files.mismatch(file, temporary) < 0) {
        return file;
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * The file with that content.
   *
   * @throws UncheckedIOException where it cannot be written
   */
  public Path put(byte[] jar) {
    var file = directory.resolve(ContentHash.of(jar) + ".jar");
    try {
      if (!holds(file, jar)) {
        Files.createDirectories(directory);
        var temporary = Files.createTempFile(directory, "jar", ".part");
        Files.write(temporary, jar);
        Files.move(
            temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("the jar cannot be kept in " + directory, e);
    }
  }

  private static boolean holds(Path file, byte[] jar) throws IOException {
    return Files.exists(file)
        && Files.size(file) == jar.length
        && Arrays.equals(Files.readAllBytes(file), jar);
  }
}
