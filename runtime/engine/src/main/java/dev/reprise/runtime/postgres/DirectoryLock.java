package dev.reprise.runtime.postgres;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Holds a directory against other processes, and against other threads of this one: locks of files know only processes.
 * Waits without limit; the system frees the lock of a process that dies.
 */
final class DirectoryLock {
  private static final ReentrantLock WITHIN_PROCESS = new ReentrantLock();

  private DirectoryLock() {}

  /** What is done under the lock. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException, SQLException;
  }

  /** Runs the work under the lock of a directory, which is created where it is missing. Not reentrant for one directory. */
  static <T> T holding(Path directory, Work<T> work) throws IOException, SQLException {
    WITHIN_PROCESS.lock();
    try {
      Files.createDirectories(directory);
      try (FileChannel channel = FileChannel.open(
              directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        Objects.requireNonNull(lock);
        return work.run();
      }
    } finally {
      WITHIN_PROCESS.unlock();
    }
  }
}
