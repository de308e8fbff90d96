package dev.reprise.runtime.record;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes on with the latest epoch, or ends it where that cannot be and begins another. For one thread, which is the only
 * recorder of the database.
 */
final class EpochOpening {
  private static final Logger LOG = LoggerFactory.getLogger(EpochOpening.class);

  private final Connection control;
  private final HistoryStore store;
  private final RecordConfig config;
  private final Consumer<RecordStatus> progress;

  EpochOpening(Connection control, RecordConfig config, Consumer<RecordStatus> progress) {
    this.control = control;
    this.store = new HistoryStore(control);
    this.config = config;
    this.progress = progress;
  }

  /**
   * Opens it. The replication connection becomes the recording's.
   *
   * @throws RecordingImpossibleException the database forbids it
   */
  Recording open(Connection replication) throws SQLException {
    var publication = new Publication(control);
    publication.create();
    var identity = ChangeStream.identify(replication);
    var latest = store.latestEpoch();
    Epoch epoch;
    if (latest.isPresent() && canGoOn(latest.get(), identity, publication)) {
      epoch = latest.get();
      control.commit();
    } else {
      int number = latest.map(Epoch::number).orElse(0) + 1;
      epoch = begin(replication, publication, identity, number);
    }
    store.dropSlotsExcept(epoch.slot());
    control.commit();
    var stream = ChangeStream.open(replication, epoch.slot(), epoch.recordedLsn());
    LOG.info(
        "epoch {} of the change history is recorded from {} on",
        epoch.number(),
        Lsn.text(epoch.recordedLsn()));
    return new Recording(control, stream, epoch, config);
  }

  /** Where it cannot, it has ended. */
  private boolean canGoOn(Epoch epoch, ChangeStream.Identity identity, Publication publication)
      throws SQLException {
    if (epoch.state() == Epoch.State.ENDED) {
      return false;
    }
    var obstacle = obstacle(epoch, identity);
    if (obstacle.isEmpty()) {
      obstacle = publication.lost(Relations.load(control, epoch.number()));
    }
    if (obstacle.isEmpty()) {
      return true;
    }
    store.end(epoch.number(), obstacle.get());
    control.commit();
    LOG.warn("epoch {} of the change history has ended: {}", epoch.number(), obstacle.get());
    return false;
  }

  private Optional<String> obstacle(Epoch epoch, ChangeStream.Identity identity)
      throws SQLException {
    if (epoch.state() == Epoch.State.COPYING) {
      return Optional.of("its base copy was interrupted");
    }
    if (!epoch.systemIdentifier().equals(identity.systemIdentifier())) {
      return Optional.of("the database is on another server, " + identity.systemIdentifier());
    }
    if (epoch.timeline() != identity.timeline()) {
      return Optional.of("the server was restored or has failed over: its timeline is "
          + identity.timeline() + ", not " + epoch.timeline());
    }
    var slot = store.slot(epoch.slot());
    if (slot.isEmpty()) {
      return Optional.of("its replication slot " + epoch.slot() + " is gone");
    }
    if (slot.get().lost()) {
      return Optional.of("the server has removed what its replication slot had not sent yet");
    }
    if (slot.get().confirmedLsn() > epoch.recordedLsn()) {
      return Optional.of("its replication slot was moved on without it");
    }
    return Optional.empty();
  }

  private Epoch begin(
      Connection replication, Publication publication, ChangeStream.Identity identity, int number)
      throws SQLException {
    var name = store.slotName(number);
    store.dropSlotsExcept("");
    control.commit();
    publication.sync();
    progress.accept(
        RecordStatus.of(RecordStatus.State.STARTING, "waits for the transactions that are open"));
    var slot = ChangeStream.createSlot(replication, name);
    var epoch = new Epoch(
        number,
        name,
        identity.systemIdentifier(),
        identity.timeline(),
        slot.getConsistentPoint().asLong(),
        Epoch.State.COPYING);
    progress.accept(
        RecordStatus.of(RecordStatus.State.COPYING, "copies the rows for epoch " + number));
    new BaseCopy(control, store).ofEpoch(epoch, slot.getSnapshotName());
    return epoch;
  }
}
