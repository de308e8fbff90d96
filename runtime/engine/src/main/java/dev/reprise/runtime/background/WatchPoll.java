package dev.reprise.runtime.background;

import dev.reprise.runtime.execution.Watches;
import dev.reprise.runtime.store.EventStore;
import dev.reprise.runtime.store.EventStore.Progress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds out what executions have told that somebody here waits for: they may run elsewhere. Without such waits it asks the
 * database nothing; with them it asks for all at once, quickly at first and then once a second.
 */
public final class WatchPoll implements Loop.Work {
  private static final Duration IDLE = Duration.ofMillis(100);
  private static final Duration FIRST = Duration.ofMillis(50);
  private static final Duration LONGEST = Duration.ofSeconds(1);

  private final Watches watches;
  private final EventStore events;
  private Set<String> known = Set.of();
  private Duration pause = FIRST;

  /** For the waits of this process. */
  public WatchPoll(Watches watches, EventStore events) {
    this.watches = watches;
    this.events = events;
  }

  @Override
  public Duration round(boolean poked) {
    var watched = watches.watched();
    if (watched.isEmpty()) {
      pause = FIRST;
      known = Set.of();
      return IDLE;
    }
    var gone = new HashSet<>(watched);
    for (Progress progress : events.progress(watched)) {
      gone.remove(progress.id());
      watches.progressed(progress);
    }
    gone.forEach(id -> watches.progressed(new Progress(id, Integer.MAX_VALUE, true)));
    boolean news = !known.containsAll(watched);
    known = watched;
    var doubled = pause.multipliedBy(2);
    pause = news ? FIRST : doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    return pause;
  }
}
