package dev.reprise.runtime.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory for copies of jars, in the system's temporary directory. It is removed when it is closed; what a killed process
 * leaves behind is removed by the next one that makes one. A lock says whose owner lives: it ends with the process, and holds
 * also for processes that do not see each other's ids. Thread-safe.
 */
final class JarDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JarDirectory.class);
  private static final String PREFIX = "reprise-jars-";
  private static final String LOCK = "lock";
  /** Of this process: to open the lock of one, and to close it again, would give the lock up. */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel lock;

  private JarDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * A new one.
   *
   * @throws UncheckedIOException where it cannot be made
   */
  static JarDirectory create() {
    try {
      var made = Files.createTempDirectory("reprise-new-").toAbsolutePath().normalize();
      removeOrphans(Objects.requireNonNull(made.getParent()));
      var lock = FileChannel.open(
          made.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      if (lock.tryLock() == null) {
        throw new IOException("a new file is locked: " + made.resolve(LOCK));
      }
      // others see it only with its lock held
      var path =
          made.resolveSibling(String.valueOf(made.getFileName()).replace("reprise-new-", PREFIX));
      OWN.add(path);
      Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
      return new JarDirectory(path, lock);
    } catch (IOException e) {
      throw new UncheckedIOException("no directory for the jars can be made", e);
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    try {
      delete(path);
      lock.close();
    } catch (IOException e) {
      LOG.warn("copies of jars are left in {}", path, e);
    } finally {
      OWN.remove(path);
    }
  }

  private static void removeOrphans(Path temporary) {
    try (var found = Files.newDirectoryStream(temporary, PREFIX + "*")) {
      for (var directory : found) {
        if (!OWN.contains(directory) && Files.exists(directory.resolve(LOCK))) {
          removeIfOrphan(directory);
        }
      }
    } catch (IOException e) {
      LOG.debug("cannot look for copies of jars left behind in {}", temporary, e);
    }
  }

  /** Of another user it cannot be removed, and need not be. */
  private static void removeIfOrphan(Path directory) {
    try (var lock = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.WRITE)) {
      if (lock.tryLock() != null) {
        delete(directory);
      }
    } catch (IOException | OverlappingFileLockException e) {
      LOG.debug("copies of jars are left in {}", directory, e);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (var file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(directory);
  }
}
