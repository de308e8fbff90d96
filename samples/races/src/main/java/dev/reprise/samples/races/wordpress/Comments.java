package dev.reprise.samples.races.wordpress;

import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * <a href="https://core.trac.wordpress.org/ticket/11073">WordPress 11073</a>: a comment that is made while its post goes to
 * the trash does not come back with it. What comments were is noted in one transaction, and they are trashed in another; one
 * that is made in between is trashed, but not noted. The remedy is to refuse comments to posts that are being trashed,
 * in a serializable transaction.
 */
public class Comments {
  private final DataSource database;
  private final Pages pages;

  public Comments(DataSource database, Pages pages) {
    this.database = database;
    this.pages = pages;
  }

  /** Adds a comment to a post. */
  @Transaction
  public void add(long post, String body) throws SQLException {
    try (var connection = database.getConnection();
        var insert = connection.prepareStatement(
            "insert into wordpress.comment (post, body) values (?, ?)")) {
      insert.setLong(1, post);
      insert.setString(2, body);
      insert.executeUpdate();
    }
  }

  /** Puts a post and its comments into the trash. */
  @Workflow
  public void trashPost(long post) throws SQLException {
    noteStatus(post);
    pages.purge(post);
    trash(post);
  }

  /** Notes what the comments of a post are. */
  @Transaction
  public void noteStatus(long post) throws SQLException {
    write("""
        insert into wordpress.post_meta (comment, status)
        select id, status from wordpress.comment where post = ?
        """, post);
  }

  /** Marks a post and its comments as trashed. */
  @Transaction
  public void trash(long post) throws SQLException {
    write("update wordpress.post set status = 'trashed' where id = ?", post);
    write("update wordpress.comment set status = 'trashed' where post = ?", post);
  }

  /** Takes a post out of the trash; its comments are again what they were. */
  @Transaction
  public void untrashPost(long post) throws SQLException {
    write("update wordpress.post set status = 'published' where id = ?", post);
    write("""
        update wordpress.comment c set status = m.status
          from wordpress.post_meta m where m.comment = c.id and c.post = ?
        """, post);
    write("""
        delete from wordpress.post_meta m using wordpress.comment c where m.comment = c.id and c.post = ?
        """, post);
  }

  private void write(String statement, long post) throws SQLException {
    try (var connection = database.getConnection();
        var write = connection.prepareStatement(statement)) {
      write.setLong(1, post);
      write.executeUpdate();
    }
  }
}
