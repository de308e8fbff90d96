/**
 * What is left when a node is killed, stopped or cut off at a chosen place. The places are chosen from outside: triggers
 * that wait for advisory locks ({@code gates.sql}), functions that wait, and a proxy before the database.
 */
@NullMarked
package dev.reprise.runtime.crash;

import org.jspecify.annotations.NullMarked;
