package dev.reprise.debugger.history;

import org.jspecify.annotations.Nullable;

/**
 * The application's schema from about a position on.
 *
 * @param seen where it was found to be so, a second or so after it became so
 * @param snapshot whoever sees all that it sees, sees this schema or a later one; null where that is not recorded
 * @param ddl JSON as {@link dev.reprise.runtime.record.SchemaReader} writes it
 */
public record SchemaVersion(Lsn seen, @Nullable Snapshot snapshot, String ddl) {}
