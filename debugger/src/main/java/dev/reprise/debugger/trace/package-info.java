/** Traces as files, which replay anywhere: executions with their logs and code, the state they began on, and what changed. */
@NullMarked
package dev.reprise.debugger.trace;

import org.jspecify.annotations.NullMarked;
