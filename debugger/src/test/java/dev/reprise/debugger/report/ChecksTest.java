package dev.reprise.debugger.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.RepriseException;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChecksTest {
  private TwoStates states;

  @BeforeEach
  void create() throws SQLException {
    states = new TwoStates("create table item (id int primary key, stock int, tags jsonb)");
    TwoStates.execute(states.before, "insert into item values (1, -2, '{}'), (2, 5, '{\"a\": 1}')");
    TwoStates.execute(states.after, "insert into item values (1, 0, '{}'), (2, 5, null)");
  }

  @AfterEach
  void close() throws SQLException {
    states.close();
  }

  @Test
  void rowsOfBothStatesAreKeptByTheirColumns() throws SQLException {
    var results = Checks.run(
        List.of(
            "select id, stock, stock as stock from item where stock < 0;  ",
            "with all_of_them as (select * from item) select id from all_of_them where tags is"
                + " null -- none",
            "select id from item where tags ? 'a' and '{fn x}' <> ''",
            "select 1 where false"),
        states.before,
        states.after);

    assertThat(results.get(0).before())
        .singleElement()
        .asString()
        .isEqualTo("{id=1, stock=-2, stock_2=-2}");
    assertThat(results).extracting(CheckResult::broken).containsExactly(false, true, false, false);
    assertThat(results).extracting(CheckResult::fixed).containsExactly(true, false, true, false);
    assertThat(results.get(1).after()).hasSize(1);
  }

  @Test
  void noMoreThanTwentyRowsAreKept() throws SQLException {
    assertThat(Checks.rows(states.before, "select generate_series(1, 1000)")).hasSize(Checks.ROWS);
  }

  @Test
  void aCheckThatCannotRunIsNamedWithTheServersMessage() throws SQLException {
    assertThatThrownBy(() -> Checks.run(List.of("select * from itme"), states.before, states.after))
        .isInstanceOf(RepriseException.class)
        .hasMessageContaining("relation \"itme\" does not exist")
        .hasMessageContaining("check: select * from itme")
        .hasMessageContaining("original end state");
    assertThatThrownBy(() -> Checks.rows(states.before, "delete from item returning id"))
        .isInstanceOf(RepriseException.class);
    assertThatThrownBy(
            () -> Checks.rows(states.before, "select set_config('x.y', nextval('s'), false)"))
        .isInstanceOf(RepriseException.class);
    assertThat(Checks.rows(states.before, "select id from item")).hasSize(2);
  }

  @Test
  void aCheckCannotWrite() throws SQLException {
    TwoStates.execute(
        states.before,
        "create function take() returns int language sql volatile as 'delete from item returning"
            + " id'");

    assertThatThrownBy(() -> Checks.rows(states.before, "select take()"))
        .isInstanceOf(RepriseException.class)
        .hasMessageContaining("read-only");
    assertThat(Checks.rows(states.before, "select id from item")).hasSize(2);
  }
}
