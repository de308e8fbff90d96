package dev.reprise.runtime.record;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;
import org.postgresql.replication.ReplicationSlotInfo;

/** The changes that a slot sends. For one thread. */
final class ChangeStream {
  private static final int STATUS_SECONDS = 5;

  private final Connection connection;
  private final PGReplicationStream stream;

  private ChangeStream(Connection connection, PGReplicationStream stream) {
    this.connection = connection;
    this.stream = stream;
  }

  /** What the server is, as its replication protocol tells. */
  record Identity(String systemIdentifier, int timeline) {}

  static Identity identify(Connection replication) throws SQLException {
    try (var statement = replication.createStatement();
        var rows = statement.executeQuery("IDENTIFY_SYSTEM")) {
      rows.next();
      return new Identity(rows.getString("systemid"), rows.getInt("timeline"));
    }
  }

  /**
   * Makes a slot; its snapshot can be imported until the next use of the connection. Waits for all transactions that
   * have an id.
   *
   * @throws RecordingImpossibleException there is no place for it
   */
  static ReplicationSlotInfo createSlot(Connection replication, String name) throws SQLException {
    try {
      return replication
          .unwrap(PGConnection.class)
          .getReplicationAPI()
          .createReplicationSlot()
          .logical()
          .withSlotName(name)
          .withOutputPlugin("pgoutput")
          .make();
    } catch (SQLException e) {
      if ("53400".equals(e.getSQLState())) {
        throw noPlace(e);
      }
      throw e;
    }
  }

  /** What to do where no slot can be made. */
  static RecordingImpossibleException noPlace(@Nullable SQLException cause) {
    return new RecordingImpossibleException(
        "all replication slots are taken",
        "raise max_replication_slots, or drop a slot that nobody needs",
        cause);
  }

  /** Begins to read behind that position; the connection is closed with the stream. */
  static ChangeStream open(Connection replication, String slot, long fromLsn) throws SQLException {
    var stream = replication
        .unwrap(PGConnection.class)
        .getReplicationAPI()
        .replicationStream()
        .logical()
        .withSlotName(slot)
        .withStartPosition(LogSequenceNumber.valueOf(fromLsn))
        .withStatusInterval(STATUS_SECONDS, TimeUnit.SECONDS)
        .withAutomaticFlush(false)
        .withSlotOption("proto_version", 1)
        .withSlotOption("publication_names", Publication.NAME)
        .withSlotOption("messages", true)
        .start();
    return new ChangeStream(replication, stream);
  }

  /** The next message; null where the server has sent none. */
  @Nullable
  StreamMessage next() throws SQLException {
    var buffer = stream.readPending();
    return buffer == null ? null : PgOutput.decode(buffer);
  }

  /**
   * Up to where the server has told everything; right between two transactions when {@link #next} has given null. A
   * keepalive tells it too: it follows what was decoded before.
   */
  long position() {
    return stream.getLastReceiveLSN().asLong();
  }

  /** Lets the server forget what is before that position. */
  void confirm(long lsn) {
    var position = LogSequenceNumber.valueOf(lsn);
    stream.setAppliedLSN(position);
    stream.setFlushedLSN(position);
  }

  /** Ends it, and its connection; in order only where little is on its way, because that is awaited. */
  void close(boolean inOrder) {
    if (inOrder) {
      RecorderSession.closeQuietly(stream);
    } else {
      RecorderSession.abortQuietly(connection);
    }
    RecorderSession.closeQuietly(connection);
  }
}
