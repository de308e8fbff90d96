package dev.reprise.debugger.replay;

import dev.reprise.Function;
import dev.reprise.Isolation;
import dev.reprise.Transaction;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** {@link Deeds} that do something else with the same arguments. */
@Function("Deeds")
public class DeedsChanged {
  private final DataSource database;

  public DeedsChanged(DataSource database) {
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

  private List<String> perform(List<Deed> deeds) throws SQLException {
    try (var connection = database.getConnection()) {
      return new DeedScript(connection).perform(changed(deeds));
    }
  }

  /** What is done in the place of these. */
  static List<Deed> changed(List<Deed> deeds) {
    return deeds.stream()
        .map(deed -> switch (deed.kind()) {
          case ADD -> Deed.of(Deed.Kind.SPEND, deed.a(), deed.b(), deed.n() + 7);
          case SPEND -> Deed.of(Deed.Kind.ADD, deed.a(), deed.b(), deed.n() * 2);
          case CLOSE -> Deed.of(Deed.Kind.RAISE, deed.a(), deed.b(), 3);
          default -> deed;
        })
        .toList();
  }
}
