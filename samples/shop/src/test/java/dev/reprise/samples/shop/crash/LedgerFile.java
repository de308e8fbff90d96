package dev.reprise.samples.shop.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The provider's ledger as an auditor reads it: from the file, without the provider's code. Immutable. */
final class LedgerFile {
  private final Map<String, List<Entry>> charges;
  private final Map<String, List<Entry>> refunds;

  private LedgerFile(List<Entry> entries) {
    charges = entries.stream().filter(Entry::isCharge).collect(Collectors.groupingBy(Entry::order));
    refunds = entries.stream()
        .filter(entry -> !entry.isCharge())
        .collect(Collectors.groupingBy(Entry::chargeKey));
  }

  /** A line; {@code order} is empty in the refund of a charge that never happened. */
  record Entry(boolean isCharge, String id, String order, long amount, String chargeKey) {}

  static LedgerFile read(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file, UTF_8)) {
      return new LedgerFile(lines.map(LedgerFile::entry).toList());
    }
  }

  private static Entry entry(String line) {
    var fields = new HashMap<String, String>();
    for (var field : line.split("&", -1)) {
      var parts = field.split("=", 2);
      fields.put(parts[0], URLDecoder.decode(parts[1], UTF_8));
    }
    return new Entry(
        required(fields, "kind").equals("charge"),
        required(fields, "id"),
        required(fields, "order"),
        Long.parseLong(required(fields, "amount")),
        required(fields, "charge_key"));
  }

  private static String required(Map<String, String> fields, String name) {
    var value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException("a line of the ledger has no " + name + ": " + fields);
    }
    return value;
  }

  /** The orders for which somebody paid. */
  Set<String> orders() {
    return charges.keySet();
  }

  /** The charges for an order. */
  List<Entry> charges(String order) {
    return charges.getOrDefault(order, List.of());
  }

  /** The refunds of a charge. */
  List<Entry> refunds(String chargeKey) {
    return refunds.getOrDefault(chargeKey, List.of());
  }

  /** How many charges and refunds it has. */
  @Override
  public String toString() {
    return count(charges) + " charges, " + count(refunds) + " refunds";
  }

  private static int count(Map<String, List<Entry>> entries) {
    return entries.values().stream().mapToInt(List::size).sum();
  }
}
