package dev.reprise.runtime.record;

import dev.reprise.runtime.postgres.Backoff;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.record.Publication.Unrecorded;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An epoch as it is recorded: reads the stream, writes the history, and looks now and then whether the application's
 * tables are others. For one thread; after a failure it is closed and another takes its place.
 *
 * <p>Who looks commits nothing unless something has changed, and looks seldom while little is written to the server's
 * log: a table cannot be created without that.
 */
final class Recording implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Recording.class);
  private static final int MOST_MESSAGES = 2000;
  private static final Duration BETWEEN_COMMITS = Duration.ofMillis(100);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration BETWEEN_MEASUREMENTS = Duration.ofMinutes(1);
  private static final long LOG_OF_A_NEW_TABLE = 4096;
  private static final int LONGEST_PAUSE_MILLIS = 100;

  private final Connection control;
  private final ChangeStream stream;
  private final Epoch epoch;
  private final RecordConfig config;
  private final HistoryStore store;
  private final Publication publication;
  private final Relations relations;
  private final TransactionIds ids;
  private final HistoryWriter writer;
  private final @Nullable HistoryRetention retention;

  private long lastWrite = System.nanoTime();
  private long lastLook;
  private long lookedAt;
  private boolean looked;
  private boolean incomplete;
  private int idleRounds;
  private String fingerprint = "";
  /** What the latest look at the schema saw; null before the first of an epoch that has no schema yet. */
  private @Nullable String seen;

  private List<Unrecorded> unrecorded = List.of();
  private RecordStatus status;
  private HistoryStore.@Nullable Extent extent;
  private long measuredAt;

  Recording(Connection control, ChangeStream stream, Epoch epoch, RecordConfig config)
      throws SQLException {
    this.control = control;
    this.stream = stream;
    this.epoch = epoch;
    this.config = config;
    this.store = new HistoryStore(control);
    this.publication = new Publication(control);
    this.relations = Relations.load(control, epoch.number());
    this.ids = new TransactionIds(look().nextTransactionId());
    this.writer = new HistoryWriter(control, epoch, relations, ids);
    this.retention = config
        .retention()
        .map(
            time -> new HistoryRetention(control, epoch, time, relations, writer::relationsChanged))
        .orElse(null);
    this.status = RecordStatus.of(RecordStatus.State.RECORDING, "epoch " + epoch.number());
    this.seen = store.lastSchemaSnapshot(epoch.number()).orElse(null);
    control.rollback();
  }

  private HistoryStore.Outlook look() throws SQLException {
    var outlook = store.look(epoch.slot());
    if (outlook.isEmpty() || outlook.get().lost()) {
      throw new SQLException("the replication slot " + epoch.slot() + " is gone", "55000");
    }
    return outlook.get();
  }

  /** How it fares. */
  RecordStatus status() {
    return status;
  }

  /**
   * Records what there is.
   *
   * @param asked whether to look at the tables now
   * @return when to come again
   */
  Duration round(boolean asked) throws SQLException {
    if (!looked && !isWithinLimit()) {
      return Duration.ZERO;
    }
    boolean drained = read();
    if (!writer.isInTransaction()) {
      if (drained) {
        writer.reached(stream.position());
      }
      if (isWriteDue(drained)) {
        write();
      }
      if (!writer.hasWork() && isLookDue(asked)) {
        lookAround(asked);
      }
      if (drained && !writer.hasWork() && status.state() == RecordStatus.State.RECORDING) {
        keepWithinRetention(asked);
      }
    }
    if (!drained) {
      idleRounds = 0;
      return Duration.ZERO;
    }
    idleRounds++;
    return Duration.ofMillis(Math.min(LONGEST_PAUSE_MILLIS, 5 + idleRounds));
  }

  private void keepWithinRetention(boolean asked) throws SQLException {
    if (retention != null && (asked || retention.isDue())) {
      retention.step();
    }
  }

  /** Also where the recording fails again and again before it comes to look around. */
  private boolean isWithinLimit() throws SQLException {
    long retained = look().retainedBytes();
    control.rollback();
    if (retained <= config.maxRetainedBytes()) {
      return true;
    }
    giveUp(retained);
    return false;
  }

  private boolean read() throws SQLException {
    for (int i = 0; i < MOST_MESSAGES; i++) {
      var message = stream.next();
      if (message == null) {
        return true;
      }
      idleRounds = 0;
      writer.accept(message);
    }
    return false;
  }

  private boolean isWriteDue(boolean drained) {
    if (writer.isAwaited()) {
      return true;
    }
    return writer.hasWork()
        ? isOver(lastWrite, BETWEEN_COMMITS)
        : drained && writer.reached() > writer.recorded() && isOver(lastWrite, IDLE);
  }

  private void write() throws SQLException {
    writer.write();
    stream.confirm(writer.recorded());
    lastWrite = System.nanoTime();
  }

  private boolean isLookDue(boolean asked) {
    if (asked || !looked || isOver(lastLook, IDLE)) {
      return true;
    }
    return isOver(lastLook, BETWEEN_LOOKS)
        && (incomplete || writer.reached() - lookedAt >= LOG_OF_A_NEW_TABLE);
  }

  private void lookAround(boolean asked) throws SQLException {
    var outlook = look();
    ids.reference(outlook.nextTransactionId());
    long lag = Math.max(0, outlook.currentLsn() - writer.recorded());
    var found = Catalog.glance(control);
    control.rollback();
    if (asked || incomplete || !found.fingerprint().equals(fingerprint)) {
      fingerprint = found.fingerprint();
      follow(outlook.currentLsn());
    } else {
      seen = found.snapshot();
    }
    status = status(lag, outlook.retainedBytes());
    lastLook = System.nanoTime();
    lookedAt = writer.reached();
    looked = true;
    if (outlook.retainedBytes() > config.maxRetainedBytes()) {
      giveUp(outlook.retainedBytes());
    }
  }

  private RecordStatus status(long lag, long retained) throws SQLException {
    if (extent == null || isOver(measuredAt, BETWEEN_MEASUREMENTS)) {
      extent = store.extent();
      control.rollback();
      measuredAt = System.nanoTime();
    }
    var detail = new StringBuilder("epoch ").append(epoch.number());
    if (!unrecorded.isEmpty()) {
      detail
          .append("; ")
          .append(unrecorded.size())
          .append(" tables are not recorded, see reprise_history.unrecorded");
    }
    if (retention != null && !retention.obstacle().isEmpty()) {
      detail.append("; ").append(retention.obstacle());
    }
    return new RecordStatus(
        RecordStatus.State.RECORDING,
        detail.toString(),
        lag,
        retained,
        extent.since(),
        extent.bytes());
  }

  /** The tables are others, or may be. */
  private void follow(long lsn) throws SQLException {
    requirePublication();
    var tables = publication.sync();
    var left = new ArrayList<>(publication.unrecorded());
    var copy = new BaseCopy(control, store);
    incomplete = publication.isIncomplete();
    for (CatalogTable table : tables) {
      if (table.published()) {
        follow(table, copy, lsn, left);
      }
    }
    keepUnrecorded(left);
    keepSchema();
  }

  /** Where changes were not sent for a time, only another base copy helps. */
  private void requirePublication() throws SQLException {
    var lost = publication.lost(relations);
    if (lost.isPresent()) {
      store.end(epoch.number(), lost.get());
      control.commit();
      LOG.warn("epoch {} of the change history has ended: {}", epoch.number(), lost.get());
      throw new SQLException(lost.get(), "55000");
    }
  }

  private void follow(CatalogTable table, BaseCopy copy, long lsn, List<Unrecorded> left)
      throws SQLException {
    var copied = relations.copied(table.shape().oid());
    var stored = relations.storedThen(table.shape().oid());
    boolean stillReads = stored == null || !table.isStoredOtherwise(stored);
    if (copied.isPresent() && stillReads && !table.outgrew(copied.get())) {
      relations.current(table.shape(), lsn);
      control.commit();
      return;
    }
    try {
      copy.ofTable(table, relations, copied.isEmpty() && !hasWaited(table) ? seen : null);
    } catch (SQLException e) {
      control.rollback();
      RecorderSession.answerInTime(control);
      relations.reload();
      control.rollback();
      incomplete = true;
      left.add(new Unrecorded(
          table.shape().schema(),
          table.shape().table(),
          "its rows could not be copied: " + e.getMessage(),
          "none if it is locked: it is tried again"));
    }
  }

  /** Whether an earlier look found it already. */
  private boolean hasWaited(CatalogTable table) {
    return unrecorded.stream()
        .anyMatch(other -> other.schema().equals(table.shape().schema())
            && other.table().equals(table.shape().table()));
  }

  private void keepUnrecorded(List<Unrecorded> left) throws SQLException {
    if (left.equals(unrecorded)) {
      return;
    }
    for (Unrecorded table : left) {
      if (!unrecorded.contains(table)) {
        LOG.warn(
            "{}.{} is not recorded: {}. {}",
            table.schema(),
            table.table(),
            table.reason(),
            table.remedy());
      }
    }
    store.keepUnrecorded(epoch.number(), left);
    control.commit();
    unrecorded = List.copyOf(left);
  }

  private void keepSchema() throws SQLException {
    try {
      // the catalogs are read by many statements
      Jdbc.update(control, "set transaction isolation level repeatable read", Binder.NOTHING);
      long lsn = store.currentLsn();
      var makers = SchemaMakers.since(control, seen);
      store.keepSchema(epoch.number(), lsn, SchemaReader.read(control), makers);
      var snapshot = store.snapshot();
      control.commit();
      seen = snapshot;
    } catch (SQLException e) {
      control.rollback();
      incomplete = true;
      LOG.info("the schema cannot be read now; it is tried again", e);
    }
  }

  private void giveUp(long retained) throws SQLException {
    var reason = Epoch.LAGGED + ": " + retained + " bytes, and " + config.maxRetainedBytes()
        + " are allowed";
    close();
    // even where nothing can be written any more
    store.dropSlotsExcept("");
    control.commit();
    store.end(epoch.number(), reason);
    control.commit();
    LOG.error("epoch {} of the change history has ended: {}", epoch.number(), reason);
    status = RecordStatus.of(RecordStatus.State.RESTING, reason);
  }

  private static boolean isOver(long since, Duration time) {
    return System.nanoTime() - since >= time.toNanos();
  }

  /** Ends the stream and waits until the slot is free for another. */
  @Override
  public void close() {
    stream.close(!writer.isInTransaction());
    try {
      for (int i = 0; i < 100 && isSlotActive(); i++) {
        Backoff.await(Duration.ofMillis(20));
      }
    } catch (SQLException e) {
      LOG.debug("the slot may be in use a little longer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isSlotActive() throws SQLException {
    boolean active = store.slot(epoch.slot()).filter(HistoryStore.Slot::active).isPresent();
    control.rollback();
    return active;
  }
}
