package dev.reprise.runtime.server;

import dev.reprise.RepriseException;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.postgres.DatabaseFailureException;
import dev.reprise.runtime.store.NodeStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a process joins the cluster, leaves it, and joins it again. */
final class ClusterEntry {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterEntry.class);

  private ClusterEntry() {}

  /**
   * Joins under a new id, after nodes of this host whose processes are gone were declared dead.
   *
   * @throws RepriseException the database refuses it
   */
  static UUID join(DatabaseConfig database, NodeConfig config) {
    var id = UUID.randomUUID();
    try {
      return Database.alone(database, connection -> join(connection, id, config));
    } catch (SQLException e) {
      throw new RepriseException("the node cannot join the cluster: " + e.getMessage(), e);
    }
  }

  private static UUID join(Connection connection, UUID id, NodeConfig config) throws SQLException {
    var self = ThisProcess.as(id, config.deathTimeout());
    for (var other : NodeStore.onHost(connection, self.host())) {
      if (ThisProcess.isGone(other)) {
        LOG.info("node {} ran here as process {} and is gone", other.node(), other.pid());
        NodeStore.declareDead(connection, other);
      }
    }
    NodeStore.register(connection, self);
    return id;
  }

  /** Joins under a new id after the process was declared dead. */
  static UUID rejoin(DatabaseConfig database, NodeConfig config) {
    var id = UUID.randomUUID();
    try {
      return Database.alone(database, connection -> {
        NodeStore.register(connection, ThisProcess.as(id, config.deathTimeout()));
        return id;
      });
    } catch (SQLException e) {
      throw DatabaseFailureException.of(e);
    }
  }

  /** Leaves before anything was begun; where that fails, others find the node silent. */
  static void leaveQuietly(DatabaseConfig database, UUID id) {
    try {
      Database.alone(database, connection -> NodeStore.leave(connection, id, 0));
    } catch (SQLException e) {
      LOG.debug("node {} could not leave; others find it silent", id, e);
    }
  }
}
