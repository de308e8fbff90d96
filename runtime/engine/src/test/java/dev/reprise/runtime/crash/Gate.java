package dev.reprise.runtime.crash;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/** A closed gate: backends that come to it wait until it is opened. */
final class Gate implements AutoCloseable {
  private final TestSql sql;
  private final String name;
  private final Connection holder;
  private boolean open;

  Gate(TestSql sql, String name) {
    this.sql = sql;
    this.name = name;
    this.holder = sql.connect();
    run("select pg_advisory_lock(hashtextextended(?, 0))");
  }

  /** The backends that wait here. */
  Set<String> blocked() {
    return new HashSet<>(sql.texts("""
        select pid from pg_locks
         where locktype = 'advisory' and not granted
           and ((classid::bigint << 32) | objid::bigint) = hashtextextended(?, 0)
           and database = (select oid from pg_database where datname = current_database())
        """, name));
  }

  /** Waits until so many wait here. */
  Set<String> awaitBlocked(int number) {
    Await.until(number + " at the gate " + name, () -> blocked().size() >= number);
    return blocked();
  }

  /** Waits until somebody else waits here and none of these does. */
  void awaitOthersThan(Set<String> before) {
    Await.until("others than " + before + " at the gate " + name, () -> {
      var now = blocked();
      return !now.isEmpty() && now.stream().noneMatch(before::contains);
    });
  }

  /** Lets all pass; again is allowed. */
  void open() {
    if (!open) {
      open = true;
      run("select pg_advisory_unlock(hashtextextended(?, 0))");
    }
  }

  private void run(String statement) {
    try (var prepared = holder.prepareStatement(statement)) {
      prepared.setString(1, name);
      prepared.execute();
    } catch (SQLException e) {
      throw new IllegalStateException("the gate " + name, e);
    }
  }

  @Override
  public void close() {
    try {
      holder.close();
    } catch (SQLException e) {
      throw new IllegalStateException("the gate " + name, e);
    }
  }
}
