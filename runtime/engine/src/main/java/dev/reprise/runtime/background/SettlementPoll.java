package dev.reprise.runtime.background;

import dev.reprise.runtime.execution.ActiveRuns;
import dev.reprise.runtime.execution.Settlements;
import dev.reprise.runtime.store.ExecutionStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Finds out when executions end that somebody waits for here and that do not run here. Without such waits it asks the
 * database nothing; with them it asks for all at once, quickly at first and then once a second.
 */
public final class SettlementPoll implements Loop.Work {
  private static final Duration IDLE = Duration.ofMillis(100);
  private static final Duration FIRST = Duration.ofMillis(50);
  private static final Duration LONGEST = Duration.ofSeconds(1);

  private final Settlements settlements;
  private final ActiveRuns active;
  private final ExecutionStore store;
  private Set<UUID> known = Set.of();
  private Duration pause = FIRST;

  /** For the waits of this process. */
  public SettlementPoll(Settlements settlements, ActiveRuns active, ExecutionStore store) {
    this.settlements = settlements;
    this.active = active;
    this.store = store;
  }

  @Override
  public Duration round(boolean poked) {
    List<UUID> elsewhere = settlements.awaited().stream()
        .filter(execution -> !active.isActive(execution))
        .toList();
    if (elsewhere.isEmpty()) {
      pause = FIRST;
      known = Set.of();
      return IDLE;
    }
    store.settled(elsewhere).forEach(found -> settlements.settled(found.asked(), found.row()));
    boolean news = !known.containsAll(elsewhere);
    known = new HashSet<>(elsewhere);
    var doubled = pause.multipliedBy(2);
    pause = news ? FIRST : doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    return pause;
  }
}
