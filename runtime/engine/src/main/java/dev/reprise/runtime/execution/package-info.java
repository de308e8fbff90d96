/** Runs one execution: positions, log, retries, suspension. */
@NullMarked
package dev.reprise.runtime.execution;

import org.jspecify.annotations.NullMarked;
