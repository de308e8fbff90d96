package dev.reprise.runtime.http;

import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The functions that the tests of this package call. */
public class ShopFunctions {
  /** A line of an order. */
  public record Line(String item, int quantity) {}

  @Transaction
  public int add(int a, int b) {
    return a + b;
  }

  @Transaction
  public void reserve(String item, int quantity) {
    if (quantity > 10) {
      throw new IllegalStateException("only 10 of " + item + " are left");
    }
  }

  @Transaction
  public @Nullable String nothing() {
    return null;
  }

  @Transaction
  public String greet(Optional<String> name) {
    return "hello " + name.orElse("you");
  }

  @Workflow
  public List<Line> order(List<Line> lines) {
    return lines;
  }

  @Transaction
  public void broken() throws SQLException {
    throw new SQLException("ERROR: relation \"secret\" does not exist", "42P01");
  }

  @Step
  public void wrapped() {
    throw new IllegalStateException(
        "failed: ERROR: duplicate key (card)=(4711)",
        new SQLException("ERROR: duplicate key (card)=(4711)", "23505"));
  }

  /** Runs until {@link FakeEngine#end} ends it. */
  @Workflow
  public String held() {
    return "never";
  }
}
