package dev.reprise.runtime.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code reprise queues list}. */
@Command(name = "list", description = "Lists the queues with their limits and what is in them.")
final class ListQueues extends QueuesCommand.OfServer {
  private static final List<String> HEADING = List.of(
      "NAME",
      "CONCURRENCY",
      "PER NODE",
      "RATE",
      "WAITING",
      "DELAYED",
      "RUNNING",
      "SLEEPING",
      "PARKED");

  @Override
  public Integer call() {
    var found = QueuesCommand.all(client()).object();
    output()
        .data(
            () -> found, () -> table(found.get("items") instanceof List<?> all ? all : List.of()));
    return RepriseCommand.OK;
  }

  /** Queues as a table; limits that are not those of the code carry a star. */
  static String table(List<?> queues) {
    var rows = new ArrayList<List<String>>();
    rows.add(HEADING);
    for (var item : queues) {
      if (item instanceof Map<?, ?> queue) {
        var rate = queue.get("rate") instanceof Map<?, ?> limit
            ? ListExecutions.text(limit, "starts") + "/" + ListExecutions.text(limit, "period")
            : "";
        var changed = Boolean.TRUE.equals(queue.get("changed")) ? "*" : "";
        var row = new ArrayList<String>();
        row.add(ListExecutions.text(queue, "name") + changed);
        row.add(ListExecutions.text(queue, "concurrency"));
        row.add(ListExecutions.text(queue, "perNode"));
        row.add(rate);
        for (var count : List.of("waiting", "delayed", "running", "sleeping", "parked")) {
          row.add(ListExecutions.text(queue, count));
        }
        rows.add(row);
      }
    }
    return Output.table(rows);
  }
}
