package dev.reprise.samples.shop.crash;

import dev.reprise.samples.shop.crash.Request.Line;
import dev.reprise.samples.shop.crash.Request.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What one client asks for, one request after the other. Not thread-safe. */
final class RequestMix {
  /** What the shop has at the beginning: some of it is sold out soon. */
  static final Map<String, Integer> STOCK = new TreeMap<>(Map.of(
      "pen", 1_000_000,
      "book", 100_000,
      "cup", 100_000,
      "bag", 100_000,
      "lamp", 200,
      "desk", 20));

  private static final List<String> ITEMS = List.copyOf(STOCK.keySet());

  private final String name;
  private final Random random;
  private int made;

  /** For the client of this name, whose keys begin with it. */
  RequestMix(String name, long seed) {
    this.name = name;
    this.random = new Random(seed);
  }

  Request next() {
    var key = name + "-" + ++made;
    int die = random.nextInt(100);
    if (die < 8) {
      var line = line(50);
      var body = "{\"item\":\"%s\",\"quantity\":%d}".formatted(line.item(), line.quantity());
      return new Request(key, Request.RESTOCK, body, List.of(line), style());
    }
    if (die < 12) {
      return new Request("", Request.ITEMS, "[]", List.of(), Style.PATIENT);
    }
    return order(key);
  }

  private Request order(String key) {
    var lines = new ArrayList<Line>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      lines.add(line(3));
    }
    var card = random.nextInt(20) == 0 ? "\"declined\"" : "null";
    // Now and then one that makes no sense.
    var customer = random.nextInt(50) == 0 ? "" : "ada";
    var body = "{\"order\":{\"customer\":\"%s\",\"lines\":[%s],\"card\":%s}}"
        .formatted(customer, lines.stream().map(Line::json).collect(Collectors.joining(",")), card);
    return new Request(key, Request.CHECKOUT, body, List.copyOf(lines), style());
  }

  private Line line(int most) {
    return new Line(ITEMS.get(random.nextInt(ITEMS.size())), 1 + random.nextInt(most));
  }

  private Style style() {
    int die = random.nextInt(100);
    if (die < 40) {
      return Style.PATIENT;
    }
    if (die < 55) {
      return Style.HASTY;
    }
    if (die < 82) {
      return Style.ASYNC;
    }
    return die < 86 ? Style.CANCELLED : Style.TWICE;
  }
}
