/** The other orders in which the transactions of the same requests can run, each kind of them once. */
@NullMarked
package dev.reprise.debugger.explore;

import org.jspecify.annotations.NullMarked;
