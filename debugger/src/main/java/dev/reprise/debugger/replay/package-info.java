/** Runs recorded executions again on the states that they saw, and compares what they do with what is recorded. */
@NullMarked
package dev.reprise.debugger.replay;

import org.jspecify.annotations.NullMarked;
