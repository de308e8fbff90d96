package dev.reprise.runtime.record;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the history no longer than the executions of the log, plus an hour for those that took long. Now and then it
 * copies every table again, one after the other; when such a checkpoint is old enough, the history begins with it, and
 * what was before is deleted. It does its work in steps, each of one transaction, so that the recording waits for one
 * step at most; whoever takes over goes on with the next. For one thread, that of the recording.
 */
final class HistoryRetention {
  private static final Logger LOG = LoggerFactory.getLogger(HistoryRetention.class);
  private static final Duration SHORTEST_INTERVAL = Duration.ofHours(1);
  private static final Duration LONGEST_EXECUTION = Duration.ofHours(1);
  private static final Duration IDLE = Duration.ofMinutes(1);
  private static final Duration BETWEEN_PARTS = Duration.ofMillis(50);

  private final Connection control;
  private final Relations relations;
  private final Runnable relationsChanged;
  private final Duration retention;
  private final BaseCopy copy;
  private final Checkpoints checkpoints;
  private final Pruning pruning;
  private long dueAt = System.nanoTime();
  private String obstacle = "";

  /**
   * Of an epoch.
   *
   * @param relationsChanged called after rows of relations have been deleted
   */
  HistoryRetention(
      Connection control,
      Epoch epoch,
      Duration retention,
      Relations relations,
      Runnable relationsChanged) {
    this.control = control;
    this.relations = relations;
    this.relationsChanged = relationsChanged;
    this.retention = retention;
    this.copy = new BaseCopy(control, new HistoryStore(control));
    this.checkpoints = new Checkpoints(control, epoch.number());
    this.pruning = new Pruning(control);
  }

  /** Two to three copies are kept, and half as much again of the changes; more copies would cost more than they save. */
  private Duration interval() {
    var half = retention.dividedBy(2);
    return half.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : half;
  }

  /** Whether there is, or may be, something to do. */
  boolean isDue() {
    return System.nanoTime() - dueAt >= 0;
  }

  /** What keeps it from deleting, for people; empty for nothing. */
  String obstacle() {
    return obstacle;
  }

  /**
   * One step, while nothing is written. Where it fails it is tried again later: the recording goes on.
   *
   * @throws SQLException the connection is of no use any more
   */
  void step() throws SQLException {
    long began = System.nanoTime();
    boolean more = tryToAdvance();
    var pause = more ? BETWEEN_PARTS : IDLE;
    // as long as the step took, the recording may catch up
    dueAt = System.nanoTime() + Math.max(pause.toNanos(), more ? System.nanoTime() - began : 0);
  }

  private boolean tryToAdvance() throws SQLException {
    try {
      boolean more = advance();
      obstacle = "";
      return more;
    } catch (SQLException e) {
      control.rollback();
      RecorderSession.answerInTime(control);
      relations.reload();
      control.rollback();
      relationsChanged.run();
      var now = "what is older than the retention cannot be deleted, which is tried again: "
          + e.getMessage();
      if (!now.equals(obstacle)) {
        obstacle = now;
        LOG.warn("{}", obstacle);
      }
      return false;
    }
  }

  private boolean advance() throws SQLException {
    var open = checkpoints.open();
    control.rollback();
    if (open.isPresent()) {
      return copyNext(open.getAsInt());
    }
    var age = retention.plus(LONGEST_EXECUTION);
    boolean forgotten = pruning.forgetEpoch(age);
    boolean moved = pruning.advance(age, text(retention));
    control.commit();
    if (forgotten || moved) {
      LOG.info("the change history begins later from now on: the retention is {}", text(retention));
      relations.reload();
      control.rollback();
      return true;
    }
    boolean deleted = pruning.deletePart();
    control.commit();
    return deleted || forgetRelations() || begin();
  }

  private boolean forgetRelations() throws SQLException {
    boolean forgotten = pruning.deleteRelations() > 0;
    control.commit();
    if (forgotten) {
      relations.reload();
      control.rollback();
      relationsChanged.run();
    }
    return forgotten;
  }

  private boolean begin() throws SQLException {
    boolean due = checkpoints.isDue(interval());
    if (due) {
      checkpoints.begin();
    }
    control.commit();
    return due;
  }

  /** A table that has no copy at all gets one elsewhere, soon. */
  private boolean copyNext(int afterRelation) throws SQLException {
    var tables = Catalog.tables(control, Publication.NAME);
    control.rollback();
    for (CatalogTable table : tables) {
      var last = relations.lastCopy(table.shape().oid());
      if (table.published() && last.isPresent() && last.getAsInt() <= afterRelation) {
        copy.ofTable(table, relations, null);
        return true;
      }
    }
    checkpoints.complete();
    control.commit();
    LOG.info("every table has been copied again into the change history");
    return true;
  }

  /** As settings are written. */
  private static String text(Duration time) {
    long seconds = time.toSeconds();
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds + "s";
  }
}
