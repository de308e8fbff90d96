/** Other code over the same past: recorded executions run again with changed functions, their concurrency kept. */
@NullMarked
package dev.reprise.debugger.retro;

import org.jspecify.annotations.NullMarked;
