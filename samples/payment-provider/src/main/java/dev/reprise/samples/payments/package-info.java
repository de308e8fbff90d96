/**
 * A payment provider that runs as a process of its own, as the real ones do: it keeps its own ledger, honours
 * idempotency keys, and can be told to decline, to be slow, to fail, or to lose its answers.
 */
@NullMarked
package dev.reprise.samples.payments;

import org.jspecify.annotations.NullMarked;
