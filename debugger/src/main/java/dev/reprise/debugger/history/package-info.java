/** What production did, as recorded: snapshots, epochs, tables, committed transactions with their changes. Only reads. */
@NullMarked
package dev.reprise.debugger.history;

import org.jspecify.annotations.NullMarked;
