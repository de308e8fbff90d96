package dev.reprise.runtime.function;

import dev.reprise.RegistrationException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Collects what is wrong with classes, so that its author is told all of it at once. Not thread-safe. */
final class Mistakes {
  private final List<RegistrationException> found = new ArrayList<>();

  /** Notes one. */
  void add(RegistrationException mistake) {
    found.add(mistake);
  }

  /** Goes on where a rule refuses something. Gives whether it did not. */
  boolean passes(Runnable rule) {
    try {
      rule.run();
      return true;
    } catch (RegistrationException e) {
      found.add(e);
      return false;
    }
  }

  /**
   * Passes on what was found.
   *
   * @throws RegistrationException what was refused, where it is several things in lines of their own
   */
  void requireNone() {
    if (found.size() == 1) {
      throw found.get(0);
    }
    if (!found.isEmpty()) {
      var all = new RegistrationException(found.stream()
          .map(RegistrationException::getMessage)
          .collect(Collectors.joining("\n- ", found.size() + " mistakes:\n- ", "")));
      found.forEach(all::addSuppressed);
      throw all;
    }
  }
}
