package dev.reprise.runtime.server;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for executions: virtual ones where the JVM has them (21 and later), else cached platform threads. */
final class RunThreads {
  private RunThreads() {}

  static ExecutorService create() {
    try {
      var method = MethodHandles.publicLookup()
          .findStatic(
              Executors.class,
              "newVirtualThreadPerTaskExecutor",
              MethodType.methodType(ExecutorService.class));
      return (ExecutorService) method.invoke();
    } catch (NoSuchMethodException | IllegalAccessException e) {
      return platform();
    } catch (Throwable e) {
      throw new IllegalStateException("virtual threads cannot be had", e);
    }
  }

  private static ExecutorService platform() {
    var number = new AtomicInteger();
    return new ThreadPoolExecutor(
        0, Integer.MAX_VALUE, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
          var thread = new Thread(task, "reprise-run-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }
}
