package dev.reprise.runtime.postgres;

import dev.reprise.RepriseException;
import dev.reprise.runtime.config.DatabaseConfig;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One embedded server for all scratch databases of this JVM, in the system's temporary directory. It is removed when the
 * JVM ends; what a killed JVM leaves behind is removed by the next.
 */
final class ScratchServer {
  private static final Logger LOG = LoggerFactory.getLogger(ScratchServer.class);
  private static final String PREFIX = "reprise-scratch-";
  /**
   * That the read locks of serializable transactions stay on rows, up to this many in a table. And that nothing waits for
   * the disk: these files are of no use once this process is gone, and while the system runs they outlive a killed server.
   */
  private static final String SETTINGS = """
      fsync = off
      full_page_writes = off
      max_pred_locks_per_transaction = 512
      max_pred_locks_per_relation = 2000
      max_pred_locks_per_page = 300
      """;

  private static @Nullable EmbeddedServer server;

  private ScratchServer() {}

  /** How to reach it; started at the first call. */
  static synchronized DatabaseConfig ofThisProcess() {
    var running = server;
    if (running == null) {
      running = start();
      server = running;
    }
    return running.config();
  }

  private static EmbeddedServer start() {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    removeOrphans(temporary);
    Path directory = temporary.resolve(PREFIX + ProcessHandle.current().pid());
    EmbeddedServer server = EmbeddedServer.startOrJoin(directory, SETTINGS);
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> remove(directory), "reprise-scratch-removal"));
    return server;
  }

  private static void removeOrphans(Path temporary) {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(temporary, PREFIX + "*")) {
      for (Path directory : found) {
        if (!isOwned(directory)) {
          remove(directory);
        }
      }
    } catch (IOException e) {
      LOG.warn("cannot look for scratch servers left behind in {}", temporary, e);
    }
  }

  private static boolean isOwned(Path directory) {
    String owner = String.valueOf(directory.getFileName()).substring(PREFIX.length());
    try {
      return ProcessHandle.of(Long.parseLong(owner)).isPresent();
    } catch (NumberFormatException e) {
      // Not one of ours.
      return true;
    }
  }

  private static void remove(Path directory) {
    try {
      var files = new ServerDirectory(directory);
      new ServerProcess(files, ServerPrograms.in(PostgresBinaries.unpacked()))
          .stop(EmbeddedServer.StopMode.IMMEDIATE);
      PostgresBinaries.deleteTree(directory);
    } catch (IOException | SQLException | RepriseException e) {
      LOG.warn("cannot remove the scratch server in {}", directory, e);
    }
  }
}
