/** The commands of the server. */
@NullMarked
package dev.reprise.runtime.cli;

import org.jspecify.annotations.NullMarked;
