package dev.reprise.runtime.server;

import dev.reprise.runtime.config.Limits;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.EventStore;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.Forks;
import dev.reprise.runtime.store.LogDatabase;
import dev.reprise.runtime.store.MessageStore;
import dev.reprise.runtime.store.NodeStore;
import dev.reprise.runtime.store.QueueStore;
import dev.reprise.runtime.store.Sweep;

/** The statements of a node, on its database and by its clock. */
record Stores( // tidy: one for each group of tables
    LogDatabase log,
    ExecutionStore executions,
    QueueStore queues,
    NodeStore nodes,
    Sweep sweep,
    MessageStore messages,
    EventStore events,
    Forks forks) {
  static Stores of(Database database, DatabaseClock clock, Limits limits) {
    var log = new LogDatabase(database);
    var queues = new QueueStore(log);
    return new Stores(
        log,
        new ExecutionStore(log, clock),
        queues,
        new NodeStore(log, clock, limits.maxRecoveries()),
        new Sweep(log, clock, queues),
        new MessageStore(log, clock),
        new EventStore(log, clock),
        new Forks(log));
  }
}
