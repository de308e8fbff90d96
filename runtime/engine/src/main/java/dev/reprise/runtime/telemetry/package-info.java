/** Logging context and metrics: null objects when off. */
@NullMarked
package dev.reprise.runtime.telemetry;

import org.jspecify.annotations.NullMarked;
