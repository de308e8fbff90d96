/** Recorded traces as tests: what once happened comes out as it did, whatever the code has become since. */
@NullMarked
package dev.reprise.debugger.testing;

import org.jspecify.annotations.NullMarked;
