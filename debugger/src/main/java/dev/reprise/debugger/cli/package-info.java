/** The commands of the debugger, which {@code reprise} finds by its service loader. */
@NullMarked
package dev.reprise.debugger.cli;

import org.jspecify.annotations.NullMarked;
