package dev.reprise.runtime.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.runtime.record.StreamMessage.Column;
import dev.reprise.runtime.record.StreamMessage.Tuple;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the messages of {@code pgoutput}. Source: PostgreSQL documentation, "Logical Replication Message Formats".
 * Without state.
 */
final class PgOutput {
  private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
  private static final int KEY_FLAG = 1;

  private PgOutput() {}

  /**
   * The message in the buffer, which is read to its end.
   *
   * @throws SQLException it is not one of protocol version 1
   */
  static StreamMessage decode(ByteBuffer in) throws SQLException {
    char tag = (char) in.get();
    return switch (tag) {
      case 'B' -> begin(in);
      case 'C' -> commit(in);
      case 'R' -> relation(in);
      case 'Y' -> new StreamMessage.Type(oid(in), text(in), text(in));
      case 'I' -> insert(in);
      case 'U' -> update(in);
      case 'D' -> delete(in);
      case 'T' -> truncate(in);
      case 'M' -> note(in);
      case 'O' -> new StreamMessage.Other(tag);
      default -> throw malformed("the message " + tag);
    };
  }

  private static StreamMessage begin(ByteBuffer in) {
    long commitLsn = in.getLong();
    in.getLong();
    return new StreamMessage.Begin(commitLsn, in.getInt());
  }

  private static StreamMessage commit(ByteBuffer in) {
    in.get();
    return new StreamMessage.Commit(
        in.getLong(), in.getLong(), EPOCH.plus(in.getLong(), ChronoUnit.MICROS));
  }

  private static StreamMessage relation(ByteBuffer in) {
    long oid = oid(in);
    String schema = text(in);
    String table = text(in);
    boolean full = in.get() == 'f';
    int count = in.getShort();
    var columns = new ArrayList<Column>(count);
    for (int i = 0; i < count; i++) {
      boolean key = (in.get() & KEY_FLAG) != 0;
      columns.add(new Column(text(in), oid(in), in.getInt(), key));
    }
    return new StreamMessage.Relation(
        oid, schema.isEmpty() ? "pg_catalog" : schema, table, full, List.copyOf(columns));
  }

  private static StreamMessage insert(ByteBuffer in) throws SQLException {
    long oid = oid(in);
    expect(in, 'N');
    return new StreamMessage.Row(ChangeKind.INSERT, oid, null, tuple(in));
  }

  private static StreamMessage update(ByteBuffer in) throws SQLException {
    long oid = oid(in);
    Tuple before = null;
    char part = (char) in.get();
    if (part == 'K' || part == 'O') {
      before = tuple(in);
      expect(in, 'N');
      return new StreamMessage.Row(
          ChangeKind.UPDATE, oid, before, completed(tuple(in), part == 'O' ? before : null));
    }
    if (part != 'N') {
      throw malformed("the part " + part + " of an update");
    }
    return new StreamMessage.Row(ChangeKind.UPDATE, oid, null, tuple(in));
  }

  /** With the whole old row at hand nothing is unknown. */
  private static Tuple completed(Tuple after, @Nullable Tuple before) {
    if (before == null || after.unchanged().isEmpty()) {
      return after;
    }
    var values = new ArrayList<>(after.values());
    for (int index : after.unchanged()) {
      values.set(index, before.values().get(index));
    }
    return new Tuple(values, List.of());
  }

  private static StreamMessage delete(ByteBuffer in) throws SQLException {
    long oid = oid(in);
    char part = (char) in.get();
    if (part != 'K' && part != 'O') {
      throw malformed("the part " + part + " of a delete");
    }
    return new StreamMessage.Row(ChangeKind.DELETE, oid, tuple(in), null);
  }

  private static StreamMessage truncate(ByteBuffer in) {
    int count = in.getInt();
    in.get();
    var oids = new ArrayList<Long>(count);
    for (int i = 0; i < count; i++) {
      oids.add(oid(in));
    }
    return new StreamMessage.Truncate(List.copyOf(oids));
  }

  private static StreamMessage note(ByteBuffer in) {
    in.get();
    in.getLong();
    return new StreamMessage.Note(text(in));
  }

  private static Tuple tuple(ByteBuffer in) throws SQLException {
    int count = in.getShort();
    var values = new ArrayList<@Nullable String>(count);
    var unchanged = new ArrayList<Integer>();
    for (int i = 0; i < count; i++) {
      char form = (char) in.get();
      switch (form) {
        case 'n' -> values.add(null);
        case 'u' -> {
          values.add(null);
          unchanged.add(i);
        }
        case 't' -> {
          var bytes = new byte[in.getInt()];
          in.get(bytes);
          values.add(new String(bytes, UTF_8));
        }
        default -> throw malformed("the form " + form + " of a value");
      }
    }
    return new Tuple(values, unchanged);
  }

  private static long oid(ByteBuffer in) {
    return Integer.toUnsignedLong(in.getInt());
  }

  private static String text(ByteBuffer in) {
    int start = in.position();
    int end = start;
    while (in.get(end) != 0) {
      end++;
    }
    var bytes = new byte[end - start];
    in.get(bytes);
    in.get();
    return new String(bytes, UTF_8);
  }

  private static void expect(ByteBuffer in, char part) throws SQLException {
    char found = (char) in.get();
    if (found != part) {
      throw malformed("the part " + found + " where " + part + " belongs");
    }
  }

  private static SQLException malformed(String what) {
    return new SQLException("the change stream has " + what + ", which is not known", "08P01");
  }
}
