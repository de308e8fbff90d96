package dev.reprise.runtime.execution;

import dev.reprise.runtime.store.ExecutionRow;
import java.util.concurrent.CompletableFuture;

/**
 * An accepted call.
 *
 * @param id the execution's id
 * @param settled of a synchronous call completes when the execution is terminal, parked or stranded; cancelling it ends
 *     the wait. Of an asynchronous call it never completes: {@link Engine#whenSettled} is for those who want to wait; exceptionally with
 *     {@link dev.reprise.runtime.postgres.DatabaseUnavailableException} where the database went away and the call has no durable trace
 */
public record Submission(String id, CompletableFuture<ExecutionRow> settled) {}
