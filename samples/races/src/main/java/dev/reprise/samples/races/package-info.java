/**
 * Functions with well-known races, written as their authors wrote them: each looks in one transaction and acts on it in
 * another. The tests bring the races about, and replay them.
 */
@NullMarked
package dev.reprise.samples.races;

import org.jspecify.annotations.NullMarked;
