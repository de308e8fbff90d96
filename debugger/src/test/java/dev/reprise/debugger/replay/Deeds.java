package dev.reprise.debugger.replay;

import dev.reprise.Branch;
import dev.reprise.Durable;
import dev.reprise.Isolation;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The functions of generated workloads: each does a list of deeds and gives what they saw. */
public class Deeds {
  private final DataSource database;

  public Deeds(DataSource database) {
    this.database = database;
  }

  @Transaction
  public List<String> serializable(List<Deed> deeds) throws SQLException {
    return perform(deeds);
  }

  @Transaction(isolation = Isolation.REPEATABLE_READ)
  public List<String> repeatable(List<Deed> deeds) throws SQLException {
    return perform(deeds);
  }

  @Transaction(isolation = Isolation.READ_COMMITTED)
  public List<String> committed(List<Deed> deeds) throws SQLException {
    return perform(deeds);
  }

  @Transaction(readOnly = true)
  public List<String> look(List<Deed> deeds) throws SQLException {
    return perform(deeds);
  }

  @Transaction(isolation = Isolation.REPEATABLE_READ, readOnly = true)
  public List<String> lookRepeatable(List<Deed> deeds) throws SQLException {
    return perform(deeds);
  }

  /** One after the other; what fails is passed over. */
  @Workflow
  public List<String> chain(Isolation isolation, List<List<Deed>> parts) {
    var seen = new ArrayList<String>();
    for (var part : parts) {
      try {
        seen.addAll(at(isolation, part));
      } catch (SQLException | IllegalStateException e) {
        seen.add(String.valueOf(e.getMessage()));
      }
    }
    return seen;
  }

  /** All at once. */
  @Workflow
  public List<String> parallel(Isolation isolation, List<List<Deed>> parts) {
    var branches = new ArrayList<Branch<List<String>, SQLException>>();
    for (var part : parts) {
      branches.add(Durable.async(() -> at(isolation, part)));
    }
    var seen = new ArrayList<String>();
    for (var branch : branches) {
      try {
        seen.addAll(branch.get());
      } catch (SQLException | IllegalStateException e) {
        seen.add(String.valueOf(e.getMessage()));
      }
    }
    return seen;
  }

  private List<String> at(Isolation isolation, List<Deed> deeds) throws SQLException {
    return switch (isolation) {
      case SERIALIZABLE -> serializable(deeds);
      case REPEATABLE_READ -> repeatable(deeds);
      case READ_COMMITTED -> committed(deeds);
    };
  }

  private List<String> perform(List<Deed> deeds) throws SQLException {
    try (var connection = database.getConnection()) {
      return new DeedScript(connection).perform(deeds);
    } finally {
      Pace.gotOn();
    }
  }
}
