package dev.reprise.debugger.explore;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says what comes next. For one trial and one thread. */
@FunctionalInterface
public interface Chooser {
  /**
   * One of these events; null to stop the run, whose outcome is not wanted then.
   *
   * @param enabled in their order, at least one
   */
  @Nullable
  Event choose(List<Event> enabled);
}
