package dev.reprise.samples.payments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the process as {@code kill -9} does, in the middle of its work. */
class ProviderCrashTest {
  private static final int WRITERS = 4;

  @TempDir
  Path directory;

  @Test
  void whatWasAcknowledgedBeforeAKillIsThereAfterIt() throws Exception {
    var ledger = directory.resolve("ledger");
    var acknowledged = ConcurrentHashMap.<String>newKeySet();
    var process = start(ledger);
    var threads = Executors.newFixedThreadPool(WRITERS);
    try (var output = process.inputReader()) {
      var enough = chargeUntilItDies(url(output), threads, acknowledged);
      assertThat(enough.await(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly().waitFor();
      threads.shutdown();
    }
    assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();

    try (var survivor = Ledger.open(ledger)) {
      assertThat(survivor.entries()).extracting(Entry::key).containsAll(acknowledged);
      assertThat(survivor.entries()).extracting(Entry::key).doesNotHaveDuplicates();
    }
  }

  @Test
  void endsWithTheProcessThatBeganItWhereThatIsWanted() throws Exception {
    var process = start(directory.resolve("ledger"), "--exit-with-parent");
    try (var output = process.inputReader()) {
      assertThat(url(output)).hasHost("127.0.0.1");
      process.getOutputStream().close();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process start(Path ledger, String... flags) throws IOException {
    var command = new ArrayList<>(List.of(
        ProcessHandle.current().info().command().orElse("java"),
        "-cp",
        System.getProperty("java.class.path"),
        PaymentProvider.class.getName(),
        "--port",
        "0",
        "--ledger",
        ledger.toString()));
    command.addAll(List.of(flags));
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static URI url(BufferedReader output) throws IOException {
    return URI.create(String.valueOf(output.readLine()));
  }

  private static CountDownLatch chargeUntilItDies(
      URI url, ExecutorService threads, Set<String> acknowledged) {
    var client = new ProviderClient(url);
    var numbers = new AtomicInteger();
    var enough = new CountDownLatch(100);
    for (int i = 0; i < WRITERS; i++) {
      threads.execute(() -> {
        try {
          while (true) {
            var key = "key-" + numbers.incrementAndGet();
            if (client.charge(key, "order", 1).statusCode() == 200) {
              acknowledged.add(key);
              enough.countDown();
            }
          }
        } catch (IOException | InterruptedException e) {
          System.getLogger("test").log(System.Logger.Level.DEBUG, "the provider is gone", e);
        }
      });
    }
    return enough;
  }
}
