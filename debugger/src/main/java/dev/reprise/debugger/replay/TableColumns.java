package dev.reprise.debugger.replay;

import java.util.List;

/**
 * A table of the scratch database that is watched.
 *
 * @param oid its own
 * @param root that of the partitioned table it belongs to; else its own
 * @param name qualified and quoted as in SQL
 * @param label as the history names it, {@code schema.table}
 * @param columns of its row type, in order
 */
public record TableColumns(long oid, long root, String name, String label, List<String> columns) {}
