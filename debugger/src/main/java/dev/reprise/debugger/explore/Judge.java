package dev.reprise.debugger.explore;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Says what is wrong with runs, by those that come out as if requests ran one after another. For one thread.
 */
final class Judge {
  private final List<Failure> known = new ArrayList<>();
  private final Set<String> digests = new HashSet<>();
  private final Set<String> broken = new HashSet<>();
  private boolean serialComplete;

  Judge(List<Failure> originalFailures) {
    known.addAll(originalFailures);
  }

  /**
   * What makes findings the same.
   *
   * @param of the check, the execution and error, or the state
   */
  record Key(Finding.Kind kind, String of) {}

  /** A run that comes out as if requests ran one after another. */
  void addSerial(Trial trial) {
    for (var failure : trial.failures()) {
      if (known.stream().noneMatch(failure::isLike)) {
        known.add(failure);
      }
    }
    if (trial.complete()) {
      digests.add(trial.digest());
      broken.addAll(trial.brokenChecks());
    }
  }

  /** All orders of requests were run, or others like them. */
  void serialComplete() {
    serialComplete = true;
  }

  Set<String> digests() {
    return digests;
  }

  /** What is wrong with a run, with what to say of it. */
  Map<Key, String> wrong(Trial trial, boolean endless) {
    var wrong = new LinkedHashMap<Key, String>();
    if (trial.complete()) {
      for (var check : trial.brokenChecks()) {
        wrong.put(
            new Key(Finding.Kind.CHECK, check),
            check + " does not hold at the end"
                + (broken.contains(check) ? ", also where requests run one after another" : ""));
      }
    }
    for (var failure : trial.failures()) {
      if (known.stream().noneMatch(failure::isLike)) {
        wrong.put(
            new Key(Finding.Kind.FAILURE, failure.execution() + " " + failure.errorType()),
            failure.execution() + " fails with " + failure.errorType()
                + (failure.message() == null ? "" : ": " + failure.message()));
      }
    }
    if (trial.complete()) {
      if (serialComplete && !digests.contains(trial.digest())) {
        wrong.put(
            new Key(Finding.Kind.STATE, trial.digest()),
            "no order of the requests one after another leads to the state at the end");
      }
    } else if (endless) {
      wrong.put(
          new Key(Finding.Kind.ENDLESS, ""),
          "it did not come to an end within " + Course.MAX_EVENTS + " events");
    } else {
      wrong.put(new Key(Finding.Kind.DEADLOCK, ""), "some wait, and none can go on");
    }
    return wrong;
  }
}
