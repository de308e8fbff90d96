/** Finds, checks and wraps annotated methods; binds arguments. */
@NullMarked
package dev.reprise.runtime.function;

import org.jspecify.annotations.NullMarked;
