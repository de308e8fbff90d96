package dev.reprise.samples.payments;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One line of the ledger.
 *
 * @param id given by the provider, {@code ch_17} or {@code re_18}; the number is that of the line
 * @param key the idempotency key of the request that wrote it
 * @param order what the money is for; empty in the refund of a charge that never happened
 * @param amount in cents; 0 in the refund of a charge that never happened
 * @param chargeKey the idempotency key of the charge: of a refund the one it undoes, of a charge its own
 */
record Entry(
    Kind kind,
    String id,
    String key,
    String order,
    long amount,
    String currency,
    String chargeKey,
    Instant at) {
  /** What moved the money. */
  enum Kind {
    CHARGE,
    REFUND;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  boolean isCharge() {
    return kind == Kind.CHARGE;
  }

  /** The line of the ledger without its end; it never contains a line break. */
  String line() {
    var texts = new LinkedHashMap<String, String>();
    fields().forEach((name, value) -> texts.put(name, value.toString()));
    return new Form(texts).encode();
  }

  /** The inverse of {@link #line()}. */
  static Entry ofLine(String line) {
    var form = Form.parse(line);
    return new Entry(
        Kind.valueOf(form.require("kind").toUpperCase(Locale.ROOT)),
        form.require("id"),
        form.require("key"),
        form.find("order").orElse(""),
        form.number("amount", 0, Long.MAX_VALUE),
        form.require("currency"),
        form.require("charge_key"),
        Instant.parse(form.require("at")));
  }

  /** The fields by their outside names, in a fixed order. */
  Map<String, Object> fields() {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("kind", kind.label());
    fields.put("id", id);
    fields.put("key", key);
    fields.put("order", order);
    fields.put("amount", amount);
    fields.put("currency", currency);
    fields.put("charge_key", chargeKey);
    fields.put("at", at);
    return fields;
  }
}
