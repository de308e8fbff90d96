package dev.reprise.samples.payments;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Decides which of the coming requests meet a fault. With the same seed and the same order of requests it decides the
 * same. Thread-safe.
 */
final class FaultPlan {
  private static final Set<String> FIELDS =
      Set.of("mode", "delay_ms", "probability", "seed", "times");
  private static final long MAX_DELAY_MS = 600_000;

  private final Fault fault;
  private final double probability;
  private final Random random;
  private long left;

  private FaultPlan(Fault fault, double probability, Random random, long times) {
    this.fault = fault;
    this.probability = probability;
    this.random = random;
    this.left = times;
  }

  /** A plan without faults. */
  static FaultPlan none() {
    return new FaultPlan(Fault.NONE, 1, new Random(0), Long.MAX_VALUE);
  }

  /**
   * Reads a plan: {@code mode}; {@code delay_ms} (default 1000) for slow answers; {@code probability} (default 1) with
   * {@code seed} (default 0); {@code times}, how many requests meet the fault before all is normal again (default: no
   * end).
   *
   * @throws IllegalArgumentException naming the field
   */
  static FaultPlan of(Form form) {
    form.only(FIELDS);
    var mode = Fault.Mode.ofLabel(form.require("mode"));
    long delay =
        form.find("delay_ms").isPresent() ? form.number("delay_ms", 0, MAX_DELAY_MS) : 1000;
    long seed =
        form.find("seed").isPresent() ? form.number("seed", Long.MIN_VALUE, Long.MAX_VALUE) : 0;
    long times =
        form.find("times").isPresent() ? form.number("times", 1, Long.MAX_VALUE) : Long.MAX_VALUE;
    double probability = form.find("probability").map(FaultPlan::probability).orElse(1.0);
    return new FaultPlan(
        new Fault(mode, Duration.ofMillis(delay)), probability, new Random(seed), times);
  }

  private static double probability(String text) {
    try {
      double probability = Double.parseDouble(text);
      if (probability >= 0 && probability <= 1) {
        return probability;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "probability is a number between 0 and 1, not \"" + text + "\"", e);
    }
    throw new IllegalArgumentException("probability is between 0 and 1, not " + text);
  }

  /** The fault of the next request of this kind. A refund cannot be declined, and does not count then. */
  synchronized Fault next(Entry.Kind kind) {
    boolean spared = fault.mode() == Fault.Mode.DECLINE && kind == Entry.Kind.REFUND;
    if (spared || left == 0 || random.nextDouble() >= probability) {
      return Fault.NONE;
    }
    left--;
    return fault;
  }

  /** The plan as JSON; {@code times} is what is left of it, absent where it has no end. */
  synchronized String json() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("mode", (left == 0 ? Fault.Mode.NORMAL : fault.mode()).label());
    fields.put("delay_ms", fault.delay().toMillis());
    fields.put("probability", probability);
    if (left < Long.MAX_VALUE - 1_000_000_000) {
      fields.put("times", left);
    }
    return Json.object(fields);
  }
}
