/** Retroaction, on real databases. */
@NullMarked
package dev.reprise.debugger.retro;

import org.jspecify.annotations.NullMarked;
