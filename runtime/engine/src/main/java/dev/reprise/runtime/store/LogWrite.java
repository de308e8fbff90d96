package dev.reprise.runtime.store;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One execution's share of a group write: what is to be recorded without business effects. All or nothing but for
 * {@code operations} that were won before one was lost; these are then a valid record of the loser's past.
 *
 * @param owner the node that writes; a transition needs it to own the row
 * @param birth the row of this very execution where it has none yet; losing it loses everything
 * @param children executions to begin, unless they exist
 */
public record LogWrite(
    UUID execution,
    UUID owner,
    @Nullable Birth birth,
    List<OperationRow> operations,
    List<Birth> children,
    @Nullable Transition transition) {

  /** Whether it only makes a call from outside durable, of which nothing has happened yet. */
  public boolean isNewCall() {
    return birth != null
        && !birth.status().isTerminal()
        && birth.row().parent() == null
        && children.isEmpty()
        && operations.isEmpty()
        && transition == null;
  }

  /** A row to insert in the given state; terminal for an execution that ends in its first write. */
  public record Birth(
      NewExecution row,
      dev.reprise.ExecutionStatus status,
      @Nullable UUID owner) {}

  /** How it ended. */
  public enum Result {
    /** Durable. */
    WRITTEN,
    /** Another runner, or another execution of the same id, was first. */
    LOST_RACE,
    /** The operations are durable, but the execution is not in the state that the transition needs. */
    NOT_APPLIED
  }
}
