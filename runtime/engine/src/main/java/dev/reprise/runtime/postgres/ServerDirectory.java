package dev.reprise.runtime.postgres;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files of an embedded server: {@code data}, {@code postgres.log}, {@code password} (readable by the owner only) and
 * {@code lock}. Used under the lock of the directory.
 */
final class ServerDirectory {
  static final String SUPERUSER = "postgres";
  private static final String SETTINGS_FILE = "reprise.conf";
  /**
   * Durable: a crash loses nothing that was committed. Logical decoding and prepared transactions are on. The user is
   * named as Reprise's own schema, which must not become the default for tables.
   */
  private static final String SETTINGS = """
      # Written by Reprise at every start; changes belong into postgresql.conf, behind the include.
      listen_addresses = '127.0.0.1'
      port = %d
      unix_socket_directories = ''
      fsync = on
      synchronous_commit = on
      full_page_writes = on
      wal_level = logical
      max_prepared_transactions = 64
      max_connections = 200
      max_slot_wal_keep_size = '4GB'
      search_path = 'public'
      timezone = 'UTC'
      log_timezone = 'UTC'
      """;

  private static final int LOG_LINES = 20;
  private static final String NO_PROCESS = String.valueOf(Integer.MAX_VALUE);

  private final Path directory;
  private final String ownSettings;

  ServerDirectory(Path directory) {
    this(directory, "");
  }

  /**
   * The files of a server with settings of its own.
   *
   * @param ownSettings lines of the configuration, behind those of every embedded server
   */
  ServerDirectory(Path directory, String ownSettings) {
    this.directory = directory.toAbsolutePath().normalize();
    this.ownSettings = ownSettings;
  }

  Path path() {
    return directory;
  }

  Path data() {
    return directory.resolve("data");
  }

  Path log() {
    return directory.resolve("postgres.log");
  }

  String password() throws IOException {
    return Files.readString(passwordFile()).strip();
  }

  /** Makes an empty cluster where there is none; a half-made one is thrown away. */
  void initialize(ServerPrograms programs) throws IOException {
    if (Files.isDirectory(data())) {
      return;
    }
    Path partial = directory.resolve("data.new");
    PostgresBinaries.deleteTree(partial);
    writePassword();
    programs.run(
        "initdb",
        List.of(
            "--pgdata=" + partial,
            "--username=" + SUPERUSER,
            "--pwfile=" + passwordFile(),
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions"));
    Files.writeString(
        partial.resolve("postgresql.conf"),
        "\ninclude_if_exists = '" + SETTINGS_FILE + "'\n",
        StandardOpenOption.APPEND);
    Files.move(partial, data(), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Writes the settings for the next start, with the port of the last one where that is still free. */
  void writeSettings() throws IOException {
    Path file = data().resolve(SETTINGS_FILE);
    int port = freePort(lastPort(file).orElse(0));
    Files.writeString(file, SETTINGS.formatted(port) + ownSettings);
  }

  /** The server that runs here, or has run here and was killed; empty after an orderly end. */
  Optional<Postmaster> postmaster() throws IOException {
    Path file = data().resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file);
    if (lines.size() < 4) {
      return Optional.empty();
    }
    return Optional.of(new Postmaster(
        Math.abs(Long.parseLong(lines.get(0).strip())),
        Integer.parseInt(lines.get(3).strip())));
  }

  /**
   * Puts a number that no process has into {@code postmaster.pid}, because PostgreSQL does not start while that of the
   * dead server belongs to another process or to a zombie. The file itself stays: by its other lines PostgreSQL makes
   * sure that no session of the dead server is left.
   */
  void disownPostmaster() throws IOException {
    Path file = data().resolve("postmaster.pid");
    var lines = new ArrayList<>(Files.readAllLines(file));
    lines.set(0, NO_PROCESS);
    Files.write(file, lines);
  }

  /** How long the server's log is, in bytes. */
  long logSize() throws IOException {
    return Files.exists(log()) ? Files.size(log()) : 0;
  }

  /** The last lines of the server's log behind a place in it, for messages. */
  String endOfLog(long from) throws IOException {
    if (!Files.exists(log())) {
      return "";
    }
    byte[] bytes = Files.readAllBytes(log());
    int start = (int) Math.min(from, bytes.length);
    List<String> lines = new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8)
        .lines()
        .toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
  }

  private Path passwordFile() {
    return directory.resolve("password");
  }

  private void writePassword() throws IOException {
    byte[] secret = new byte[24];
    new SecureRandom().nextBytes(secret);
    Path file = passwordFile();
    Files.deleteIfExists(file);
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      var ownerOnly = PosixFilePermissions.fromString("rw-------");
      Files.createFile(file, PosixFilePermissions.asFileAttribute(ownerOnly));
    }
    Files.writeString(file, HexFormat.of().formatHex(secret) + "\n");
  }

  private static Optional<Integer> lastPort(Path settings) throws IOException {
    if (!Files.exists(settings)) {
      return Optional.empty();
    }
    return Files.readAllLines(settings).stream()
        .filter(line -> line.startsWith("port = "))
        .map(line -> Integer.valueOf(line.substring("port = ".length()).strip()))
        .findFirst();
  }

  private static int freePort(int wanted) throws IOException {
    @Nullable Integer bound = bind(wanted);
    return bound != null ? bound : freePort(0);
  }

  private static @Nullable Integer bind(int port) throws IOException {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return socket.getLocalPort();
    } catch (BindException taken) {
      return null;
    }
  }
}
