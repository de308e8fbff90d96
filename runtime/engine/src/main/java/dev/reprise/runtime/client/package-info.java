/** Clients for processes that run no executions. */
@NullMarked
package dev.reprise.runtime.client;

import org.jspecify.annotations.NullMarked;
