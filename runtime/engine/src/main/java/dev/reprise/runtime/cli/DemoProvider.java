package dev.reprise.runtime.cli;

import dev.reprise.RepriseException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The payment provider of the demo as a process of its own. It ends with this process, however that ends: it watches its
 * standard input, whose other end is here.
 */
record DemoProvider(Process process, String url) implements AutoCloseable {
  /**
   * Starts it on a free port.
   *
   * @param directory where its ledger and its log are
   */
  static DemoProvider start(Path jar, Path directory) {
    var log = directory.resolve("payment-provider.log").toFile();
    var java = Path.of(System.getProperty("java.home"), "bin", "java");
    try {
      var process = new ProcessBuilder(
              java.toString(),
              "-Xmx64m",
              "-jar",
              jar.toString(),
              "--port",
              "0",
              "--ledger",
              directory.resolve("ledger").toString(),
              "--exit-with-parent")
          .redirectError(log)
          .start();
      return new DemoProvider(process, url(process, log));
    } catch (IOException e) {
      throw new RepriseException("the payment provider cannot be started: " + e.getMessage(), e);
    }
  }

  /** Its first line; there is no other. */
  private static String url(Process process, File log) throws IOException {
    var output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    var line = output.readLine();
    if (line == null) {
      throw new RepriseException("the payment provider ended at once; see " + log);
    }
    return line;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
