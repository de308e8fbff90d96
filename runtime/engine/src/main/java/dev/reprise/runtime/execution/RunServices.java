package dev.reprise.runtime.execution;

import dev.reprise.runtime.config.Limits;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.store.BusinessCommit;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.JointWrite;
import dev.reprise.runtime.store.QueueStore;
import dev.reprise.runtime.telemetry.Metrics;
import java.util.concurrent.Executor;

/**
 * What every run uses.
 *
 * @param threads starts a thread for a run, a branch or an attempt of a step
 * @param due tells the node that an execution has become due
 * @param limits what one execution may take
 */
public record RunServices( // tidy: the collaborators of a run, wired once in the composition root
    Database database,
    ExecutionStore store,
    QueueStore queues,
    LogWriter writer,
    JointWrite joint,
    Post post,
    BusinessCommit commit,
    DatabaseClock clock,
    NodeMembership membership,
    Executor threads,
    DueSignal due,
    Metrics metrics,
    Limits limits) {}
