package dev.reprise.samples.shop.crash;

import dev.reprise.runtime.cli.RepriseCommand;
import dev.reprise.runtime.postgres.EmbeddedServer;
import dev.reprise.samples.shop.Checkout;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * {@code reprise serve --functions shop.jar}, on this JVM's class path without the shop.
 *
 * <p>Servers are started all the time here, so a first one leaves an archive of its classes, which halves the time that the
 * others need. The JVM makes archives of jars only: what lies in directories is packed first.
 */
final class ServerLaunch {
  private final Path directory;
  private final Map<String, String> environment;
  private final List<String> arguments;
  private final String classPath;

  /** Servers of this database and this provider; jars and the archive are kept beside the database. */
  ServerLaunch(CrashSettings settings, EmbeddedServer database, Provider provider)
      throws IOException {
    this.directory = settings.directory();
    this.environment = Map.of(
        "REPRISE_DATABASE_PASSWORD", database.password(),
        "REPRISE_APP_PAYMENT_URL", provider.url().toString());
    this.arguments = List.of(
        "serve",
        "--functions",
        jar(location(Checkout.class), "shop").toString(),
        "--database",
        database.jdbcUrl(),
        "--database-user",
        database.user(),
        "--death-timeout",
        settings.deathTimeout().toMillis() + "ms",
        "--port",
        "0");
    this.classPath = classPath();
  }

  /** Runs a server once, which deploys the shop, and gives the command for the others. */
  ChildProcess.Command prepare() throws IOException, InterruptedException {
    var archive = directory.resolve("server.jsa");
    var first = ChildProcess.start(
        command("-XX:ArchiveClassesAtExit=" + archive), directory.resolve("first-server.log"));
    if (first.awaitUrl().isEmpty()) {
      throw new IOException("the first server did not start, see " + directory);
    }
    first.end();
    return command("-XX:SharedArchiveFile=" + archive);
  }

  private ChildProcess.Command command(String archive) {
    var options = List.of(
        archive,
        "-Xmx256m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Dlogback.configurationFile=" + resource("/logback-test.xml"));
    return new ChildProcess.Command(
        ChildProcess.java(RepriseCommand.class, classPath, options, arguments), environment);
  }

  private String classPath() throws IOException {
    var shop = List.of(location(Checkout.class), location(ServerLaunch.class));
    var jars = new ArrayList<String>();
    for (var entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      var path = Path.of(entry).toAbsolutePath();
      if (Files.exists(path) && !shop.contains(path)) {
        jars.add(jar(path, "part-" + jars.size()).toString());
      }
    }
    return String.join(File.pathSeparator, jars);
  }

  /** The jar itself, or one with what is in a directory. */
  private Path jar(Path classes, String title) throws IOException {
    if (!Files.isDirectory(classes)) {
      return classes;
    }
    var jar = directory.resolve(title + ".jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar));
        var files = Files.walk(classes)) {
      for (var file : files.filter(file -> !file.equals(classes)).sorted().toList()) {
        // The directories too: Flyway looks for them.
        boolean isDirectory = Files.isDirectory(file);
        var name = classes.relativize(file).toString().replace(File.separatorChar, '/');
        var entry = new JarEntry(isDirectory ? name + "/" : name);
        entry.setTime(0);
        out.putNextEntry(entry);
        if (!isDirectory) {
          Files.copy(file, out);
        }
      }
    }
    return jar;
  }

  private static Path location(Class<?> type) {
    return path(type.getProtectionDomain().getCodeSource().getLocation()).toAbsolutePath();
  }

  private static URI resource(String name) {
    return path(Objects.requireNonNull(ServerLaunch.class.getResource(name), name))
        .toUri();
  }

  private static Path path(URL url) {
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new UncheckedIOException(new IOException(url + " is no file", e));
    }
  }
}
