package dev.reprise.runtime.execution;

import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.store.BusinessCommit;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import java.util.concurrent.Executor;

/**
 * What every run uses.
 *
 * @param threads starts a thread for a run, a branch or an attempt of a step
 */
public record RunServices(
    Database database,
    ExecutionStore store,
    LogWriter writer,
    BusinessCommit commit,
    DatabaseClock clock,
    NodeMembership membership,
    Executor threads) {}
