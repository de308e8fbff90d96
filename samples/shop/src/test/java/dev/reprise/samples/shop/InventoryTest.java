package dev.reprise.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.testing.RepriseExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class InventoryTest {
  @RegisterExtension
  static final RepriseExtension REPRISE = RepriseExtension.functions(Inventory.class);

  @Test
  void whatIsNotThereIsNotReserved(Inventory inventory) throws Exception {
    inventory.reserve("lamp", 3);

    assertThatThrownBy(() -> inventory.reserve("lamp", 3))
        .isInstanceOf(OutOfStock.class)
        .hasMessage("3 x lamp asked for, 2 left");
    assertThat(inventory.stock("lamp")).isEqualTo(2);
  }
}
