/** Loops: one loop, one class, one test. */
@NullMarked
package dev.reprise.runtime.background;

import org.jspecify.annotations.NullMarked;
