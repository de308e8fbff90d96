/** Measurements, run by the scripts in {@code bench/}; no tests. */
@NullMarked
package dev.reprise.debugger.bench;

import org.jspecify.annotations.NullMarked;
