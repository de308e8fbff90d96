package dev.reprise.debugger.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.debugger.report.StateDifference.Row;
import dev.reprise.runtime.postgres.SqlState;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;
import org.jspecify.annotations.Nullable;

/** Random tables and rows: the correction brings about the other state, or nothing at all. */
class CorrectionPropertiesTest {
  private static @Nullable TwoStates states;

  @BeforeContainer
  static void create() throws SQLException {
    states = new TwoStates("set client_min_messages = warning");
  }

  @AfterContainer
  static void close() throws SQLException {
    if (states != null) {
      states.close();
    }
  }

  private static TwoStates fresh(long seed, RandomStates random) throws SQLException {
    var both = java.util.Objects.requireNonNull(states);
    both.both(random.schema());
    // the same seed twice: the same rows on both sides
    for (var side : List.of(both.before, both.after)) {
      TwoStates.execute(side, "select setseed(0.5)");
      var rows = new RandomStates(seed);
      var unused = rows.schema();
      rows.change(side, 60);
    }
    assertThat(both.difference()).isEqualTo(StateDifference.NONE);
    random.change(both.after, 25);
    return both;
  }

  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void theCorrectionLeavesNoDifference(@ForAll long seed) throws SQLException {
    var both = fresh(seed, new RandomStates(seed));
    var difference = StateDifference.complete(both.before, both.after);
    boolean compared = seed % 2 == 0;
    var correction = Correction.of(
        difference, both.before, compared ? both.before : null, List.of("seed " + seed));

    assertThat(correction.changedSince()).isEmpty();
    if (isCircular(correction)) {
      return; // it may be refused, which changes nothing; there is a test of its own
    }
    TwoStates.execute(both.before, correction.sql());
    assertThat(both.difference()).isEqualTo(StateDifference.NONE);
  }

  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void aRowThatChangedMeanwhileStopsEverythingAndIsNamed(@ForAll long seed) throws SQLException {
    var both = fresh(seed, new RandomStates(seed));
    var difference = StateDifference.complete(both.before, both.after);
    if (difference.isSame()) {
      return;
    }
    var correction = Correction.of(difference, both.before, null, List.of("seed " + seed));
    if (isCircular(correction)) {
      return;
    }
    var random = new Random(seed);
    var table = difference.tables().get(random.nextInt(difference.tables().size()));
    var row = table.rows().get(random.nextInt(table.rows().size()));
    TwoStates.execute(both.before, meanwhile(table.name(), row));
    var digest = StateDigest.of(both.before, false);

    assertThatThrownBy(() -> TwoStates.execute(both.before, correction.sql()))
        .as(correction.sql())
        .satisfiesAnyOf(
            stopped -> assertThat(stopped)
                .hasMessageContaining("nothing was changed")
                .hasMessageContaining(table.name() + " (" + label(row)),
            // a row that refers to the one that is not as expected comes before the check, which
            // would name it
            stopped -> assertThat(SqlState.of((SQLException) stopped)).isEqualTo("23503"));
    TwoStates.execute(both.before, "rollback");
    assertThat(StateDigest.of(both.before, false)).isEqualTo(digest);
    var now = Correction.of(difference, both.before, both.before, List.of());
    assertThat(now.changedSince())
        .singleElement()
        .asString()
        .startsWith(table.name() + " (" + label(row));
  }

  private static boolean isCircular(Correction correction) {
    boolean circular = correction.sql().contains("in a circle");
    Statistics.label("in a circle")
        .collect(circular)
        .coverage(coverage -> coverage.check(false).percentage(share -> share > 50));
    return circular;
  }

  private static String label(Row row) {
    return row.key().toString().replaceAll("^\\{|\\}$", "") + ")";
  }

  private static String meanwhile(String table, Row row) {
    var part = row.key().get("part");
    if (row.before() != null) {
      return "update %s set mark = mark + 1000 where id = %s"
              .formatted(table, row.key().get("id"))
          + (part == null ? "" : " and part = " + Sql.literal(part));
    }
    var id = row.key().get("id");
    return part == null
        ? "insert into %s (id) %s values (%s)"
            .formatted(table, table.endsWith("parent") ? "overriding system value" : "", id)
        : "insert into %s (id, part) values (%s, %s)".formatted(table, id, Sql.literal(part));
  }
}
