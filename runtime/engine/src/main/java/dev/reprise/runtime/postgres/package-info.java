/** Connections, the bound connection of a function, bounded retry by SQLSTATE, a tiny JDBC kit, migrator, embedded server. */
@NullMarked
package dev.reprise.runtime.postgres;

import org.jspecify.annotations.NullMarked;
