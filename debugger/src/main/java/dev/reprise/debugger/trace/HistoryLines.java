package dev.reprise.debugger.trace;

import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.history.Epoch;
import dev.reprise.debugger.history.Lsn;
import dev.reprise.debugger.history.RecordedTransaction;
import dev.reprise.debugger.history.Relation;
import dev.reprise.debugger.history.SchemaVersion;
import dev.reprise.debugger.history.Snapshot;
import dev.reprise.debugger.history.Unrecorded;
import dev.reprise.runtime.json.JsonObject;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Rows of the history as JSON objects with the names of its columns. */
final class HistoryLines {
  private HistoryLines() {}

  /**
   * The recording, as if it had begun where the trace begins. It is one that goes on for ever: nothing waits for it.
   *
   * @param base what the rows at the start are
   */
  static String epoch(Epoch epoch, Snapshot base, Lsn baseLsn, Instant beganAt) {
    return new JsonObject()
        .put("epoch", epoch.epoch())
        .put("slot", "")
        .put("system_identifier", "a trace file")
        .put("timeline", epoch.timeline())
        .put("server_version", epoch.serverVersion())
        .put("database", "")
        .put("base_snapshot", base.toString())
        .put("base_lsn", baseLsn.toString())
        .put("recorded_lsn", Lsn.MAX.toString())
        .put("began_at", beganAt)
        .put("state", "RECORDING")
        .toString();
  }

  static String schemaAtStart(Epoch epoch, Snapshot snapshot, Instant seenAt, String ddl) {
    return schema(epoch, new SchemaVersion(Lsn.ZERO, seenAt, snapshot, null, ddl), snapshot);
  }

  /** Where a version has no snapshot, it gets that of the start. */
  static String schema(Epoch epoch, SchemaVersion version, Snapshot start) {
    return new JsonObject()
        .put("epoch", epoch.epoch())
        .put("seen_lsn", version.seen().toString())
        .put("seen_at", version.seenAt())
        .put(
            "seen_snapshot",
            Objects.requireNonNullElse(version.snapshot(), start).toString())
        .putIfPresent(
            "made_by",
            version.madeBy() == null
                ? null
                : version.madeBy().stream().map(String::valueOf).toList())
        .putRaw("ddl", SchemaText.withoutSecrets(version.ddl()))
        .toString();
  }

  static String relation(Relation relation) {
    return new JsonObject()
        .put("relation", relation.id())
        .put("epoch", relation.epoch())
        .put("oid", relation.oid())
        .put("table_schema", relation.schema())
        .put("table_name", relation.name())
        .put("from_lsn", relation.from().toString())
        .put("columns", relation.columns())
        .put("types", relation.types())
        .put("column_numbers", relation.numbers())
        .put("key_columns", relation.key())
        .put("identity_full", relation.full())
        .putIfPresent(
            "base_snapshot", relation.base() == null ? null : relation.base().toString())
        .toString();
  }

  static String unrecorded(Epoch epoch, Unrecorded table) {
    return new JsonObject()
        .put("epoch", epoch.epoch())
        .put("table_schema", table.schema())
        .put("table_name", table.name())
        .put("reason", table.reason())
        .put("remedy", table.remedy())
        .toString();
  }

  static String transaction(Epoch epoch, RecordedTransaction transaction) {
    return new JsonObject()
        .put("epoch", epoch.epoch())
        .put("commit_lsn", transaction.commit().toString())
        .put("transaction_id", Long.toUnsignedString(transaction.xid()))
        .put("committed_at", transaction.committedAt())
        .put("changes", transaction.changes().size())
        .toString();
  }

  static String change(Lsn commit, int ordinal, Change change, Masking masking) {
    int relation = change.relation().id();
    var line = new JsonObject()
        .put("commit_lsn", commit.toString())
        .put("ordinal", ordinal)
        .put("relation", relation)
        .put("kind", change.kind().name())
        .putIfPresent("old_values", list(masking.row(relation, change.before())))
        .putIfPresent("new_values", list(masking.row(relation, change.after())));
    if (change.unchanged().length > 0) {
      line.put("unchanged", Arrays.stream(change.unchanged()).boxed().toList());
    }
    return line.toString();
  }

  private static @Nullable List<@Nullable String> list(@Nullable String @Nullable [] values) {
    return values == null ? null : Arrays.asList(values);
  }
}
