package dev.reprise.runtime.execution;

import dev.reprise.ExecutionNotFoundException;
import dev.reprise.RepriseException;
import dev.reprise.runtime.deploy.Catalog;
import dev.reprise.runtime.function.Policy;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.ExecutionStore.Loaded;
import dev.reprise.runtime.store.Forks;
import dev.reprise.runtime.store.FunctionKind;
import dev.reprise.runtime.store.Lineage;
import dev.reprise.runtime.store.NewExecution;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Placement;
import dev.reprise.runtime.store.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Begins executions that have the first operations of others: to restart after a fix, on the code that is active now, or to
 * go another way from a certain place. Thread-safe.
 *
 * <p>The log is copied in its own order: of each branch the operations before the position, so that the code, run from its
 * start, finds in every branch an unbroken beginning. Branches begun before the position are copied as far as they came.
 */
public final class Forking {
  private final Forks forks;
  private final Catalog catalog;
  private final DatabaseClock clock;
  private final TimeOrderedIds ids = new TimeOrderedIds();

  /** On that log, with the code of that catalogue. */
  public Forking(Forks forks, Catalog catalog, DatabaseClock clock) {
    this.forks = forks;
    this.catalog = catalog;
    this.clock = clock;
  }

  /**
   * Forks an execution; the fork is due when this returns.
   *
   * @param from the first position that is done again, dotted; null for all of them
   * @param version of the code to run; null for the one that new calls reach
   * @throws ExecutionNotFoundException there is no such execution
   * @throws ForkRefusedException it cannot be forked so
   */
  public NewExecution fork(String id, @Nullable String from, @Nullable String version) {
    return forks
        .fork(id, loaded -> plan(loaded, from, version))
        .orElseThrow(() -> new ExecutionNotFoundException("there is no execution " + id));
  }

  private Forks.Plan plan(Loaded loaded, @Nullable String from, @Nullable String version) {
    var row = loaded.row();
    if (row.kind() != FunctionKind.WORKFLOW) {
      throw new ForkRefusedException(
          "execution " + row.id() + " is of the " + row.kind().label() + " " + row.function()
              + "; only workflows can be forked. Call it again");
    }
    var position = from == null ? Position.of(1) : position(row.id(), loaded.operations(), from);
    var code = code(row, version);
    var execution = ids.next();
    var created = clock.now();
    var timeout =
        code.function().policy() instanceof Policy.OfWorkflow policy ? policy.timeout() : null;
    var fork = new NewExecution(
        execution,
        execution.toString(),
        row.principal(),
        row.function(),
        FunctionKind.WORKFLOW,
        code.function().version(),
        row.input(),
        created,
        timeout == null ? null : created.plus(timeout),
        null,
        null,
        row.tags(),
        row.traceparent(),
        Placement.NONE); // somebody asked for it: it does not queue again
    return new Forks.Plan(
        fork.withLineage(Lineage.ofFork(row, position)), row.execution(), position);
  }

  private Catalog.Entry code(ExecutionRow row, @Nullable String version) {
    Catalog.Entry code;
    if (version == null) {
      code = catalog
          .active(row.function())
          .orElseThrow(() -> new ForkRefusedException("no active version has the function "
              + row.function() + "; say which version is to run, with ?version="
              + (row.version() == null ? "" : ". It began on " + row.version())));
    } else {
      try {
        code = catalog.find(version, row.function());
      } catch (dev.reprise.runtime.postgres.DatabaseFailureException e) {
        throw e;
      } catch (RepriseException e) {
        throw new ForkRefusedException("version " + version + " cannot be used: " + e.getMessage());
      }
    }
    if (code.function().kind() != FunctionKind.WORKFLOW) {
      throw new ForkRefusedException(
          row.function() + " is no workflow in version " + code.function().version());
    }
    return code;
  }

  private static Position position(String id, List<OperationRow> log, String text) {
    Position position;
    try {
      position = Position.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ForkRefusedException(
          e.getMessage() + "; the last valid one of execution " + id + " is " + last(log, null));
    }
    var parent = position.parent();
    boolean branchExists = parent == null
        || log.stream().anyMatch(operation -> operation.position().isBelow(parent));
    var last = last(log, branchExists ? parent : null);
    if (!branchExists || position.compareTo(last) > 0) {
      throw new ForkRefusedException("execution " + id + " has not come to position " + position
          + "; the last valid one " + (branchExists && parent != null ? "of that branch " : "")
          + "is " + last);
    }
    return position;
  }

  /** The place of the next operation of a branch, which may be that of its end from outside. */
  private static Position last(List<OperationRow> log, @Nullable Position branch) {
    int last = 0;
    for (var operation : log) {
      if (branch == null || operation.position().isBelow(branch)) {
        int number = operation.position().part(branch == null ? 0 : branch.depth());
        boolean closes = operation.kind() == OperationKind.CLOSED
            && operation.position().depth() == (branch == null ? 1 : branch.depth() + 1);
        if (closes) {
          last = number - 1;
          break; // what comes after it are compensations
        }
        last = Math.max(last, number);
      }
    }
    return branch == null ? Position.of(last + 1) : branch.child(last + 1);
  }
}
