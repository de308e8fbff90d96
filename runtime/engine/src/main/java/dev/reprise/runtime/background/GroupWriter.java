package dev.reprise.runtime.background;

import dev.reprise.runtime.execution.LogWriter;
import dev.reprise.runtime.postgres.Backoff;
import dev.reprise.runtime.postgres.DatabaseFailureException;
import dev.reprise.runtime.postgres.DatabaseUnavailableException;
import dev.reprise.runtime.store.GroupWrite;
import dev.reprise.runtime.store.LogDatabase;
import dev.reprise.runtime.store.LogWrite;
import dev.reprise.runtime.store.LogWrite.Result;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what executions have to record without business effects. While one commit is under way the next group gathers,
 * so under load many share a commit and alone nobody waits. Thread-safe.
 *
 * <p>Two threads, so that a group that waits for somebody's row lock does not hold up all others. A group that fails for
 * another reason than a lost database is written again one by one: only the poisonous write fails. After a lost connection
 * a group is written again; a write that had been committed then finds its own rows and is told that it lost, whereupon
 * its run looks into the log.
 */
public final class GroupWriter implements LogWriter, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupWriter.class);
  private static final int LARGEST_GROUP = 200;
  private static final int THREADS = 2;
  private static final Duration REFUSED_AFTER = Duration.ofSeconds(4);
  private static final Backoff UNAVAILABLE =
      new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2), 20);

  private final LogDatabase database;
  private final GroupWrite statement;
  private final BlockingQueue<Entry> queue = new LinkedBlockingQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  /** Begins to write. */
  public GroupWriter(LogDatabase database, GroupWrite statement) {
    this.database = database;
    this.statement = statement;
    for (int i = 1; i <= THREADS; i++) {
      var thread = new Thread(this::loop, "reprise-group-writer-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
  }

  private record Entry(LogWrite write, CompletableFuture<Result> result) {}

  @Override
  public CompletableFuture<Result> submit(LogWrite write) {
    var entry = new Entry(write, new CompletableFuture<>());
    queue.add(entry);
    if (closed && queue.remove(entry)) {
      entry.result.completeExceptionally(stopped());
    }
    return entry.result;
  }

  private void loop() {
    var group = new ArrayList<Entry>();
    while (!closed) {
      try {
        group.clear();
        group.add(queue.take());
        queue.drainTo(group, LARGEST_GROUP - 1);
        write(group);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      } catch (RuntimeException | Error e) {
        LOG.error("a group of {} writes failed", group.size(), e);
        fail(group, e);
      }
    }
    failAll();
  }

  private void write(List<Entry> entries) throws InterruptedException {
    long began = System.nanoTime();
    var group = entries;
    for (int failures = 1; !group.isEmpty(); failures++) {
      try {
        var writes = group.stream().map(Entry::write).toList();
        complete(group, database.log(connection -> statement.write(connection, writes)));
        return;
      } catch (DatabaseUnavailableException e) {
        if (closed || !UNAVAILABLE.allows(failures)) {
          fail(group, e);
          return;
        }
        LOG.info("the log cannot be written, trying again: {}", e.getMessage());
        if (System.nanoTime() - began > REFUSED_AFTER.toNanos()) {
          group = withoutNewCalls(group, e);
          var queued = new ArrayList<Entry>();
          queue.drainTo(queued);
          queue.addAll(withoutNewCalls(queued, e));
        }
        Backoff.await(UNAVAILABLE.delay(failures, ThreadLocalRandom.current()));
      } catch (DatabaseFailureException e) {
        if (group.size() == 1) {
          fail(group, e);
        } else {
          LOG.info("a group of {} writes failed, writing them one by one", group.size(), e);
          for (Entry entry : group) {
            write(List.of(entry));
          }
        }
        return;
      }
    }
  }

  /** Who asks for something new is told soon; what has begun is written as long as there is hope. */
  private static List<Entry> withoutNewCalls(List<Entry> group, DatabaseUnavailableException e) {
    var parts = group.stream().collect(Collectors.partitioningBy(entry -> entry.write.isNewCall()));
    fail(parts.getOrDefault(true, List.of()), e);
    return parts.getOrDefault(false, List.of());
  }

  private static void complete(List<Entry> group, List<Result> results) {
    for (int i = 0; i < group.size(); i++) {
      group.get(i).result.complete(results.get(i));
    }
  }

  private static void fail(List<Entry> group, Throwable cause) {
    group.forEach(entry -> entry.result.completeExceptionally(cause));
  }

  private void failAll() {
    var rest = new ArrayList<Entry>();
    queue.drainTo(rest);
    fail(rest, stopped());
  }

  private static DatabaseUnavailableException stopped() {
    return new DatabaseUnavailableException(
        "the node has stopped", new SQLException("stopped", "08003"));
  }

  /** Stops; what is not written fails. Closing twice is allowed. */
  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      try {
        thread.join(5000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    failAll();
  }
}
