package dev.reprise.debugger.crash;

import static org.awaitility.Awaitility.await;

import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.postgres.Backoff;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Clients that call until they have an answer, under the same key, and another program that moves money beside them. */
final class BankLoad {
  private static final Duration PAUSE = Duration.ofMillis(25);
  private static final Duration AGAIN = Duration.ofMillis(60);

  private final HttpClient http = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(Duration.ofSeconds(2))
      .build();
  private final RecordingProcess node;
  private final DatabaseConfig database;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> ends = new ArrayList<>();
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private volatile boolean goOn = true;

  BankLoad(RecordingProcess node, DatabaseConfig database) {
    this.node = node;
    this.database = database;
  }

  void begin(int clients, long seed) {
    for (int i = 0; i < clients; i++) {
      ends.add(threads.submit(client("c" + i, new Random(seed + i))));
    }
    ends.add(threads.submit(stranger(new Random(seed - 1))));
  }

  /** What each key was answered; complete when everybody has ended. */
  Map<String, String> answers() {
    return answers;
  }

  /** Waits until so many keys are answered, and a workflow among them. */
  void awaitAnswers(int count) {
    await("answers")
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> answers.size() >= count
            && answers.values().stream().anyMatch(answer -> answer.contains(" of ")));
  }

  /** Everybody ends what has begun; one call comes after all. */
  void end() throws InterruptedException, ExecutionException {
    goOn = false;
    for (var end : ends) {
      end.get();
    }
    call("last", "Bank.move", "[1, 2, 1]");
    threads.shutdownNow();
  }

  private Callable<Boolean> client(String name, Random random) {
    return () -> {
      for (int i = 0; goOn; i++) {
        int from = 1 + random.nextInt(Bank.ACCOUNTS);
        int to = 1 + (from + random.nextInt(Bank.ACCOUNTS - 1)) % Bank.ACCOUNTS;
        int other = 1 + to % Bank.ACCOUNTS;
        int amount = 1 + random.nextInt(400);
        var key = name + "-" + i;
        switch (random.nextInt(6)) {
          case 0, 1 -> call(key, "Bank.move", "[%d, %d, %d]".formatted(from, to, amount));
          case 2, 3 -> call(key, "Bank.moveRepeatable", "[%d, %d, %d]".formatted(from, to, amount));
          case 4 -> call(key, "Bank.sum", "[]");
          default -> call(key, "Bank.split", "[%d, %d, %d, %d]".formatted(from, to, other, amount));
        }
        Backoff.await(PAUSE);
      }
      return true;
    };
  }

  private void call(String key, String function, String arguments) throws InterruptedException {
    while (true) {
      int port = node.port();
      if (port != 0) {
        try {
          var answer = http.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + port + "/v1/functions/" + function))
                  .timeout(Duration.ofSeconds(20))
                  .header("Content-Type", "application/json")
                  .header("Idempotency-Key", key)
                  .POST(HttpRequest.BodyPublishers.ofString(arguments))
                  .build(),
              BodyHandlers.ofString());
          if (answer.statusCode() == 200 || answer.statusCode() == 422) {
            answers.put(key, answer.statusCode() + " " + answer.body());
            return;
          }
          if (answer.statusCode() < 500 && answer.statusCode() != 202) {
            throw new IllegalStateException(answer.statusCode() + " " + answer.body());
          }
        } catch (IOException e) {
          // killed meanwhile: the same call again
        }
      }
      Backoff.await(AGAIN);
    }
  }

  /** Plain SQL, of which no log knows. */
  private Callable<Boolean> stranger(Random random) {
    return () -> {
      while (goOn) {
        try (var connection =
            DriverManager.getConnection(database.url(), database.user(), database.password())) {
          connection.setAutoCommit(false);
          while (goOn) {
            int from = 1 + random.nextInt(Bank.ACCOUNTS - 1);
            try (var statement = connection.createStatement()) {
              statement.execute(
                  "update account set balance = balance - 1 where balance > 0 and id = " + from);
              if (statement.getUpdateCount() == 1) {
                Backoff.await(Duration.ofMillis(random.nextInt(20)));
                statement.execute(
                    "update account set balance = balance + 1 where id = " + (from + 1));
              }
            }
            connection.commit();
            Backoff.await(PAUSE);
          }
        } catch (SQLException e) {
          Backoff.await(AGAIN); // the database was killed
        }
      }
      return true;
    };
  }
}
