package dev.reprise.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.FlywayPreparer;
import io.zonky.test.db.postgres.junit5.EmbeddedPostgresExtension;
import io.zonky.test.db.postgres.junit5.PreparedDbExtension;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The functions as the ordinary objects that they are: no runtime, every statement a transaction of its own. */
class ShopTablesTest {
  @RegisterExtension
  static final PreparedDbExtension POSTGRES = EmbeddedPostgresExtension.preparedDatabase(
      FlywayPreparer.forClasspathLocation("db/migration"));

  private final DataSource database = POSTGRES.getTestDatabase();
  private final Inventory inventory = new Inventory(database);
  private final Orders orders = new Orders(database);

  @Test
  void whatIsReservedIsGoneAndWhatIsReleasedIsBack() throws Exception {
    int before = inventory.stock("pen");

    inventory.reserve("pen", 3);
    assertThat(inventory.stock("pen")).isEqualTo(before - 3);
    inventory.release("pen", 3);
    assertThat(inventory.stock("pen")).isEqualTo(before);
    assertThat(inventory.restock("pen", 1)).isEqualTo(before + 1);
    assertThat(inventory.items())
        .extracting(Item::item)
        .containsExactly("book", "desk", "lamp", "pen");
  }

  @Test
  void nobodyGetsMoreThanThereIsOrWhatIsNotSold() {
    assertThatThrownBy(() -> inventory.reserve("desk", 2))
        .isInstanceOf(OutOfStock.class)
        .hasMessage("2 x desk asked for, 1 left");
    assertThatThrownBy(() -> inventory.reserve("sofa", 1))
        .isInstanceOf(UnknownItem.class)
        .hasMessage("the shop does not sell \"sofa\"");
    assertThatThrownBy(() -> inventory.release("sofa", 1)).isInstanceOf(UnknownItem.class);
    assertThatThrownBy(() -> inventory.reserve("pen", -1))
        .hasMessage("a quantity is above zero, not -1");
    assertThatThrownBy(() -> inventory.restock("pen", 0))
        .hasMessage("a quantity is above zero, not 0");
  }

  @Test
  void anOrderIsCreatedAndThenReadyOrCancelled() throws Exception {
    var lines = List.of(new Line("pen", 2), new Line("book", 1));

    assertThat(orders.create("o1", new Order("ada", lines, null))).isEqualTo(2 * 250 + 1999);
    assertThat(orders.status("o1")).isEqualTo("created");
    orders.markReady("o1", "ch_1");
    assertThat(orders.status("o1")).isEqualTo("ready");
    orders.cancel("o1"); // a cancellation may come as late as that
    assertThatThrownBy(() -> orders.cancel("o1")).isInstanceOf(UnknownOrder.class);

    orders.create("o2", new Order("ada", lines, null));
    orders.cancel("o2");
    assertThat(orders.status("o2")).isEqualTo("cancelled");
    assertThatThrownBy(() -> orders.markReady("o2", "ch_1")).isInstanceOf(UnknownOrder.class);
    assertThatThrownBy(() -> orders.status("o3")).hasMessage("there is no order o3");
  }

  @Test
  void anOrderThatMakesNoSenseIsRefused() throws SQLException {
    execute(
        "insert into shop.item values ('palace', 9000000000000000000, 2) on conflict do nothing");
    try {
      refused(List.of(), "an order has at least one line");
      refused(List.of(new Line("pen", 0)), "the quantity of pen is above zero, not 0");
      refused(List.of(new Line("sofa", 1)), "the shop does not sell \"sofa\"");
      refused(List.of(new Line("palace", 2)), "the total of the order is too large");
      assertThatThrownBy(() ->
              orders.create("o", new Order(" ", List.of(new Line("pen", 1)), null)))
          .hasMessage("an order names its customer");
    } finally {
      execute("delete from shop.item where item = 'palace'");
    }
  }

  private void refused(List<Line> lines, String message) {
    assertThatThrownBy(() -> orders.create("o", new Order("ada", lines, null))).hasMessage(message);
  }

  private void execute(String sql) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
