package dev.reprise.samples.races.moodle;

import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * <a href="https://tracker.moodle.org/browse/MDL-59854">MDL-59854</a>: who clicks "subscribe" twice is subscribed twice.
 * Whether somebody is subscribed is looked up in one transaction, and the subscription is inserted in another. Merging
 * them helps where transactions are serializable; Moodle, which had snapshot isolation, added a unique key.
 */
public class Subscriptions {
  private final DataSource database;

  public Subscriptions(DataSource database) {
    this.database = database;
  }

  /** Tells a user of new posts from now on. */
  @Workflow
  public void subscribe(long user, long forum) throws SQLException {
    if (!isSubscribed(user, forum)) {
      insert(user, forum);
    }
  }

  /** Whether a user is told of new posts. */
  @Transaction(readOnly = true)
  public boolean isSubscribed(long user, long forum) throws SQLException {
    return subscribers(forum).contains(user);
  }

  /** Adds a subscription. */
  @Transaction
  public void insert(long user, long forum) throws SQLException {
    try (var connection = database.getConnection();
        var insert = connection.prepareStatement(
            "insert into moodle.forum_subscription (user_id, forum) values (?, ?)")) {
      insert.setLong(1, user);
      insert.setLong(2, forum);
      insert.executeUpdate();
    }
  }

  /** Who is sent every new post; whoever is in it twice is sent it twice. */
  @Transaction(readOnly = true)
  public List<Long> subscribers(long forum) throws SQLException {
    try (var connection = database.getConnection();
        var query = connection.prepareStatement(
            "select user_id from moodle.forum_subscription where forum = ? order by id")) {
      query.setLong(1, forum);
      try (var rows = query.executeQuery()) {
        var users = new ArrayList<Long>();
        while (rows.next()) {
          users.add(rows.getLong(1));
        }
        return users;
      }
    }
  }
}
