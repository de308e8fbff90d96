package dev.reprise.debugger.retro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What single statements read and write. */
class FootprintsTest {
  private static Ground ground;

  @BeforeAll
  static void create() throws SQLException {
    ground = new Ground();
  }

  @AfterAll
  static void drop() {
    ground.close();
  }

  @BeforeEach
  void fill() throws SQLException {
    ground.set("""
        truncate owner, pen, price, plain, part, notes;
        insert into owner select i, 'owner ' || i from generate_series(1, 5) i;
        insert into pen select i, i, 'c' || i, i * 10 from generate_series(1, 5) i;
        insert into price select i, i from generate_series(1, 3) i;
        insert into plain values (1, 1);
        insert into part values (1, 1), (101, 1);
        insert into notes values (1, 1);
        """);
  }

  private static Access row(String table, String key) {
    return new Access("public." + table, key);
  }

  private static Access table(String table) {
    return Access.table("public." + table);
  }

  private static Access gaps(String index) {
    return Access.gaps("public." + index.substring(0, index.indexOf('_')), index);
  }

  private static Access entries(String index) {
    return Access.entries("public." + index.substring(0, index.indexOf('_')), index);
  }

  @Test
  void aPointReadIsTheRowAndTheGapsOfTheIndex() throws SQLException {
    assertThat(ground.of("select * from pen where id = 2"))
        .isEqualTo(new Footprint(Set.of(row("pen", "(2)"), gaps("pen_pkey")), Set.of()));
  }

  @Test
  void aReadOfWhatIsNotThereIsTheGaps() throws SQLException {
    assertThat(ground.of("select * from pen where code = 'none'").reads())
        .containsExactly(gaps("pen_code_key"));
  }

  @Test
  void aRangeIsItsRows() throws SQLException {
    assertThat(ground.of("select * from pen where ink between 15 and 45").reads())
        .containsExactlyInAnyOrder(
            row("pen", "(2)"), row("pen", "(3)"), row("pen", "(4)"), gaps("pen_ink"));
  }

  @Test
  void aScanIsTheWholeTable() throws SQLException {
    assertThat(ground.of("select * from pen where note = ''").reads())
        .containsExactly(table("pen"));
    assertThat(ground
            .of("set local enable_seqscan = on; select count(*) from owner")
            .reads())
        .containsExactly(table("owner"));
  }

  @Test
  void aPageThatIsLockedIsItsRows() throws SQLException {
    ground.set("vacuum pen");
    var read = ground.of(
        "set local enable_indexonlyscan = on; set local enable_bitmapscan = off",
        "select id from pen where id = 2");
    assertThat(read.reads())
        .hasSize(6)
        .contains(row("pen", "(1)"), row("pen", "(2)"), row("pen", "(5)"), gaps("pen_pkey"));
  }

  @Test
  void anUpdateByKeyIsNotTouchedByThatOfAnotherRow() throws SQLException {
    var one = ground.of("update pen set note = 'x' where id = 1");
    var other = ground.of("update pen set note = 'x' where id = 2");
    assertThat(one.writes()).containsExactly(row("pen", "(1)"));
    assertThat(one.reads()).containsExactlyInAnyOrder(row("pen", "(1)"), gaps("pen_pkey"));
    assertThat(one.isTouchedBy(other.writes())).isFalse();
    assertThat(other.isTouchedBy(one.writes())).isFalse();
    assertThat(one.isTouchedBy(one.writes())).isTrue();
  }

  @Test
  void anUpdateOfAnIndexedColumnTouchesWhoSearchesThatIndex() throws SQLException {
    var update = ground.of("update pen set ink = 7 where id = 1");
    assertThat(update.writes()).containsExactlyInAnyOrder(row("pen", "(1)"), entries("pen_ink"));
    assertThat(ground.of("select * from pen where ink = 7").isTouchedBy(update.writes()))
        .isTrue();
    assertThat(ground.of("select * from pen where id = 2").isTouchedBy(update.writes()))
        .isFalse();
  }

  @Test
  void aChangeOfTheKeyWritesBothRows() throws SQLException {
    assertThat(ground
            .of("update owner set id = 9 where name = 'owner 5'", "select 1")
            .writes())
        .isEmpty(); // it is refused: a pen refers to it
    ground.set("delete from pen");
    assertThat(ground.of("update owner set id = 9 where id = 5").writes())
        .containsExactlyInAnyOrder(row("owner", "(5)"), row("owner", "(9)"), entries("owner_pkey"));
  }

  @Test
  void anInsertReadsWhatItRefersToAndWhatMustBeUnique() throws SQLException {
    var insert = ground.of("insert into pen values (7, 3, 'c7', 1)");
    assertThat(insert.writes())
        .containsExactlyInAnyOrder(
            row("pen", "(7)"),
            row("pen", "pen_code_key=(c7)"),
            entries("pen_pkey"),
            entries("pen_code_key"),
            entries("pen_ink"));
    assertThat(insert.reads())
        .contains(row("pen", "(7)"), row("pen", "pen_code_key=(c7)"), row("owner", "(3)"));
    assertThat(insert.isTouchedBy(ground.of("delete from owner where id = 3").writes()))
        .isTrue();
    var elsewhere = ground.of("insert into pen values (8, null, 'c8', 1)");
    assertThat(elsewhere.isTouchedBy(insert.writes())).isFalse();
    var equal = ground.of("insert into pen values (8, null, 'c7', 1)");
    assertThat(equal.isTouchedBy(insert.writes())).isTrue();
  }

  @Test
  void aDeleteReadsWhoRefers() throws SQLException {
    var delete = ground.of("delete from owner where id = 3");
    assertThat(delete.reads()).contains(row("owner", "(3)"), table("pen"));
    assertThat(delete.writes())
        .contains(row("owner", "(3)"), row("pen", "(3)"), row("pen", "pen_code_key=(c3)"));
  }

  @Test
  void aRowThatIsSkippedIsRead() throws SQLException {
    var skipped = ground.of("insert into pen values (8, null, 'c2', 1) on conflict do nothing");
    assertThat(skipped.writes()).isEmpty();
    assertThat(skipped.reads()).contains(row("pen", "(8)"), row("pen", "pen_code_key=(c2)"));
    assertThat(skipped.isTouchedBy(ground.of("delete from pen where id = 2").writes()))
        .isTrue();
    assertThat(skipped.isTouchedBy(ground.of("delete from pen where id = 3").writes()))
        .isFalse();
  }

  @Test
  void whatWasUndoneIsReadAsAWhole() throws SQLException {
    var refused = ground.of("insert into pen values (8, 3, 'c2', 1)");
    assertThat(refused.writes()).isEmpty();
    assertThat(refused.reads()).contains(table("pen"), table("owner"));
    assertThat(ground
            .of(
                "savepoint s",
                "insert into plain values (2, 2)",
                "rollback to savepoint s",
                "select * from owner where id = 1")
            .reads())
        .containsExactlyInAnyOrder(table("plain"), row("owner", "(1)"), gaps("owner_pkey"));
  }

  @Test
  void truncateAndTablesWithoutAKeyAreWholes() throws SQLException {
    assertThat(ground.of("truncate pen").writes()).containsExactly(table("pen"));
    assertThat(ground.of("update plain set b = 2").writes()).containsExactly(table("plain"));
    assertThat(ground.of("update price set n = 2 where amount = 1.00").writes())
        .containsExactly(table("price"));
    assertThat(ground.of("select * from price where amount = 1.0").reads())
        .contains(table("price"));
  }

  @Test
  void aPartitionIsItsTable() throws SQLException {
    var update = ground.of("update part set n = 2 where id = 101");
    assertThat(update.writes()).containsExactly(row("part", "(101)"));
    assertThat(ground.of("select * from part where id = 1").reads())
        .containsExactlyInAnyOrder(row("part", "(1)"), Access.gaps("public.part", "part_low_pkey"));
    assertThat(ground.of("update part set id = 102 where id = 1").writes())
        .contains(row("part", "(1)"), row("part", "(102)"));
  }

  @Test
  void whatIsNotCapturedIsWrittenAsAWhole() throws SQLException {
    assertThat(ground.of("update notes set n = 2").writes()).containsExactly(table("notes"));
    assertThat(ground
            .of("create table later (id int primary key)", "insert into later values (1)")
            .writes())
        .containsExactly(table("later"));
  }

  @Test
  void sequencesAreNothing() throws SQLException {
    assertThat(ground.of("select nextval('numbers')", "select last_value from numbers"))
        .isEqualTo(Footprint.NONE);
  }

  @Test
  void rowsThatItReplacedItselfAreKnown() throws SQLException {
    var read = ground.of(
        "select * from pen where id = 1",
        "select * from pen where id = 2",
        "update pen set note = 'x' where id = 1",
        "delete from pen where id = 2");
    assertThat(read.reads())
        .containsExactlyInAnyOrder(row("pen", "(1)"), row("pen", "(2)"), gaps("pen_pkey"));
  }

  @Test
  void withoutReadLocksAllThatWasUsedIsRead() throws SQLException {
    for (var isolation : List.of("read committed", "repeatable read", "serializable read only")) {
      var done = ground.run(isolation, false, connection -> {
        Ground.execute(connection, "savepoint s");
        Ground.execute(connection, "select * from owner where id = 1");
        Ground.execute(connection, "rollback to savepoint s");
        return Ground.rows(connection, "select * from pen where id = 1");
      });
      assertThat(done.footprint().reads())
          .as(isolation)
          .contains(table("pen"), table("owner"))
          .doesNotContain(table("price"));
    }
  }

  /** As on a server where nothing was raised, or with more rows than there are locks. */
  @Test
  void moreRowsThanThereAreLocksAreTheWholeTable() throws SQLException {
    ground.set("insert into owner select i, 'x' from generate_series(10, 4000) i");
    assertThat(ground.of("select * from owner where id >= 10").reads()).contains(table("owner"));
    assertThat(ground.of("select * from owner where id between 10 and 500").reads())
        .hasSize(492)
        .doesNotContain(table("owner"));
  }

  @Test
  void lookingLeavesNoConflicts() throws SQLException {
    try (var one = ground.open();
        var other = ground.open()) {
      var otherDone = ground.run(one, "serializable", true, first -> {
        Ground.execute(first, "update pen set note = 'one' where id = 1");
        return ground
            .run(other, "serializable", true, second -> {
              Ground.execute(second, "update pen set note = 'two' where id = 2");
              return "done";
            })
            .outcome();
      });
      assertThat(otherDone.outcome()).isEqualTo("done");
      assertThat(Ground.rows(one, "select note from pen where id <= 2 order by id"))
          .isEqualTo("[(one), (two)]");
    }
  }

  @Test
  void aSessionThatWasNotPreparedIsRefused() throws SQLException {
    try (var connection = ground.open()) {
      connection.setAutoCommit(false);
      assertThatThrownBy(() -> Footprints.of(connection).of(connection, List.of()))
          .hasMessageContaining("reprise_attempted");
    }
  }
}
