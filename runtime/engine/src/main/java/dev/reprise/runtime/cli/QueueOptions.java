package dev.reprise.runtime.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a call is to wait before it is started, and how it is labelled: the headers of the HTTP call as flags. */
final class QueueOptions {
  @Option(
      names = "--queue",
      paramLabel = "NAME",
      description = "The queue in which the call waits for its turn.")
  private @Nullable String queue;

  @Option(
      names = "--priority",
      paramLabel = "N",
      description = "Its place in the queue: a whole number, higher comes first.")
  private @Nullable String priority;

  @Option(
      names = "--partition",
      paramLabel = "NAME",
      description = "A part of the queue that is served in order, one at a time.")
  private @Nullable String partition;

  @Option(
      names = "--deduplicate",
      paramLabel = "K",
      description = "A key of which there is one living execution in the queue.")
  private @Nullable String deduplicate;

  @Option(
      names = "--delay",
      paramLabel = "TIME",
      description = "Start not before this time has passed: 30s, 2h or ISO-8601.")
  private @Nullable String delay;

  @Option(
      names = "--tag",
      paramLabel = "NAME=VALUE",
      description = "A tag to find it by; as often as there are tags.")
  private List<String> tags = new ArrayList<>();

  /** Adds what was given to the headers of a call. */
  void into(Map<String, String> headers) {
    put(headers, "Reprise-Queue", queue);
    put(headers, "Reprise-Priority", priority);
    put(headers, "Reprise-Partition", partition);
    put(headers, "Reprise-Deduplicate", deduplicate);
    put(headers, "Reprise-Delay", delay);
  }

  /** Each as {@code name=value}; the server says what is wrong with one. */
  List<String> tags() {
    return List.copyOf(tags);
  }

  private static void put(Map<String, String> headers, String name, @Nullable String value) {
    if (value != null) {
      headers.put(name, value);
    }
  }
}
