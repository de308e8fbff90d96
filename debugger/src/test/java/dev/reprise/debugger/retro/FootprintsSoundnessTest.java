package dev.reprise.debugger.retro;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What footprints are for: a transaction that is not touched by another's writes does the same before and after it. Random
 * transactions of a few statements, some of which are refused or undone, on random rows.
 */
class FootprintsSoundnessTest {
  private static final int ROUNDS = Integer.getInteger("reprise.test.rounds", 120);
  private static final int FILLED_AFTER = 25;

  private static final List<String> ISOLATIONS = List.of(
      "serializable",
      "serializable",
      "serializable",
      "serializable",
      "repeatable read",
      "read committed");

  private static Ground ground;

  @BeforeAll
  static void create() throws SQLException {
    ground = new Ground();
  }

  @AfterAll
  static void drop() {
    ground.close();
  }

  /** Each statement is a query, or a change that returns its rows. */
  private static String statement(Random random) {
    int id = random.nextInt(5);
    int owner = random.nextInt(3);
    int ink = random.nextInt(4);
    var code = "'c" + random.nextInt(5) + "'";
    return switch (random.nextInt(32)) {
      case 0, 1, 2, 3 -> "select * from pen where id = " + id;
      case 4 -> "select id, note from pen where code = " + code;
      case 5 ->
        "select id from pen where ink between " + ink + " and " + (ink + 1) + " order by id";
      case 6 -> "select count(*) from pen where owner = " + owner;
      case 7 -> "select id from pen where ink > " + ink + " order by ink, id limit 1";
      case 8, 9 -> "select name from owner where id = " + owner;
      case 10 -> "select p.id, o.name from pen p join owner o on o.id = p.owner where p.id = " + id;
      case 11 -> "select sum(n) from part where id in (" + id + ", " + (100 + id) + ")";
      case 12 -> "select n from price where amount = " + id + ".0";
      case 13 -> "select max(id) from pen where id < " + id;
      case 14 ->
        "insert into pen values (" + id + ", " + owner + ", " + code + ", " + ink + ") returning *";
      case 15 ->
        "insert into pen values (" + id + ", null, " + code + ", " + ink
            + ") on conflict do nothing returning *";
      case 16 ->
        "insert into pen (id, code) values (" + id + ", " + code
            + ") on conflict (id) do update set note = pen.note || '+' returning note";
      case 17, 18, 19, 20 ->
        "update pen set note = note || '.' where id = " + id + " returning note";
      case 21 -> "update pen set ink = ink + 1 where id = " + id + " returning ink";
      case 22 -> "update pen set code = " + code + " where id = " + id + " returning id";
      case 23 -> "update pen set owner = " + owner + " where id = " + id + " returning id";
      case 24 -> "update pen set id = " + random.nextInt(5) + " where id = " + id + " returning id";
      case 25 -> "delete from pen where id = " + id + " returning *";
      case 26 ->
        "insert into owner values (" + owner + ", 'new') on conflict do nothing returning id";
      case 27 -> "delete from owner where id = " + owner + " returning name";
      case 28 -> "update owner set name = name || '!' where id = " + owner + " returning name";
      case 29 ->
        "update part set id = (id + 100) % 200, n = n + 1 where id = " + id + " returning n";
      case 30 ->
        "insert into price values (" + id + "." + "0".repeat(random.nextInt(3))
            + ", 1) on conflict do nothing returning n";
      default -> "update plain set b = b + " + id + " where a = " + owner + " returning b";
    };
  }

  /** Some statements, those with a mark undone when they have been made. */
  private record Program(
      String isolation, boolean plansAsUsual, List<String> statements, List<Boolean> undone) {
    static Program of(Random random) {
      var statements = new ArrayList<String>();
      var undone = new ArrayList<Boolean>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        statements.add(statement(random));
        undone.add(random.nextInt(12) == 0);
      }
      return new Program(
          ISOLATIONS.get(random.nextInt(ISOLATIONS.size())),
          random.nextInt(4) == 0,
          statements,
          undone);
    }

    String run(Connection connection) throws SQLException {
      var outcomes = new ArrayList<String>();
      if (plansAsUsual) {
        Ground.execute(
            connection, "set local enable_seqscan = on; set local enable_indexonlyscan = on");
      }
      for (int i = 0; i < statements.size(); i++) {
        outcomes.add(one(connection, statements.get(i), undone.get(i)));
      }
      return outcomes.toString();
    }

    private static String one(Connection connection, String statement, boolean undone)
        throws SQLException {
      Ground.execute(connection, "savepoint one");
      String outcome;
      boolean failed = false;
      try {
        outcome = Ground.rows(
            connection,
            statement.startsWith("select") ? statement : "table changed",
            statement.startsWith("select") ? "" : "with changed as (" + statement + ") ");
      } catch (SQLException e) {
        outcome = e.getSQLState();
        failed = true;
      }
      if (failed || undone) {
        Ground.execute(connection, "rollback to savepoint one");
      }
      return outcome;
    }
  }

  private static final List<String> STATEMENTS = List.of(
      "select * from pen where id = 1",
      "select * from pen where id = 3",
      "select id from pen where code = 'c3'",
      "select id from pen where ink between 2 and 5 order by id",
      "select id from pen where ink > 1 order by ink, id limit 1",
      "select count(*) from pen where owner = 1",
      "select name from owner where id = 3",
      "select p.id, o.name from pen p join owner o on o.id = p.owner where p.id = 1",
      "select n from part where id in (1, 103)",
      "select n from price where amount = 1.0",
      "select max(id) from pen",
      "select count(*) from plain",
      "insert into pen values (3, 1, 'c3', 4) returning *",
      "insert into pen values (3, 3, null, 4) returning *",
      "insert into pen values (4, null, 'c1', 4) returning *",
      "insert into pen values (3, null, 'c4', 4) on conflict do nothing returning id",
      "insert into pen values (4, null, 'c3', 4) on conflict do nothing returning id",
      "insert into pen (id) values (1) on conflict (id) do update set note = '+' returning code",
      "insert into price values (1.00, 1) on conflict do nothing returning n",
      "insert into price values (3.00, 1) on conflict do nothing returning n",
      "insert into owner values (3, 'new') on conflict do nothing returning id",
      "insert into span values (1, '[3,9)') returning id",
      "insert into span values (3, '[6,8)') returning id",
      "update span set at = '[5,7)' where id = 2 returning id",
      "insert into word values ('A', 1) returning n",
      "update pen set note = '.' where id = 1 returning code",
      "update pen set ink = 5 where id = 2 returning code",
      "update pen set code = 'c1' where id = 2 returning note",
      "update pen set code = 'c3' where id = 2 returning note",
      "update pen set id = 3 where id = 2 returning note",
      "update pen set owner = 3 where id = 2 returning note",
      "delete from pen where id = 1 returning *",
      "delete from owner where id = 2 returning name",
      "delete from unowned where id = 2 returning name",
      "update owner set id = 3 where id = 2 returning name",
      "update owner set name = '!' where id = 1 returning id",
      "update part set id = 103 where id = 1 returning n",
      "update plain set b = 7 where a = 1 returning a",
      "delete from user_of_owner where owner = 2 returning owner",
      "insert into user_of_owner values (2) returning owner",
      "delete from price where amount = 1 returning n",
      "delete from word where w = 'a' returning n",
      "delete from span where id = 2 returning id");

  private static final String FILL = """
      truncate owner, pen, price, plain, part, span, word, unowned, user_of_owner;
      insert into owner values (1, 'o1'), (2, 'o2');
      insert into unowned values (1, 'u1'), (2, 'u2');
      insert into user_of_owner values (1);
      insert into pen values (1, 1, 'c1', 1), (2, 1, 'c2', 3);
      insert into price values (1, 1), (2, 1);
      insert into part values (1, 1), (2, 1), (104, 1);
      insert into plain values (1, 1);
      insert into span values (2, '[1,4)');
      insert into word values ('a', 1);
      """;

  /** Each statement, made or undone, before and after each that changes something. */
  @Test
  void whatIsNotTouchedDoesTheSameForAllPairs() throws SQLException {
    var programs = new ArrayList<Program>();
    for (var statement : STATEMENTS) {
      programs.add(new Program("serializable", false, List.of(statement), List.of(false)));
      if (!statement.startsWith("select")) {
        programs.add(new Program("serializable", false, List.of(statement), List.of(true)));
      }
    }
    int untouched = 0;
    int differing = 0;
    try (var connection = ground.open()) {
      ground.set(FILL);
      var before = new ArrayList<Ground.Done>();
      for (var program : programs) {
        before.add(ground.run(connection, "serializable", false, program::run));
      }
      for (var other : programs) {
        ground.set(FILL);
        var between = ground.run(connection, "serializable", true, other::run);
        var writes = between.footprint().writes();
        for (int i = 0; !between.changes().isEmpty() && i < programs.size(); i++) {
          var after = ground.run(connection, "serializable", false, programs.get(i)::run);
          boolean same = before.get(i).outcome().equals(after.outcome())
              && before.get(i).changes().equals(after.changes());
          differing += same ? 0 : 1;
          for (var footprint : List.of(before.get(i).footprint(), after.footprint())) {
            if (!footprint.isTouchedBy(writes)) {
              untouched++;
              assertThat(same)
                  .as(told("pairs", programs.get(i), other, before.get(i), between, after))
                  .isTrue();
            }
          }
        }
      }
    }
    System.out.println(untouched + " untouched, " + differing + " differing");
    assertThat(untouched).as("independent ones").isGreaterThan(1000);
    assertThat(differing).as("dependent ones").isGreaterThan(100);
  }

  private static String told(
      String where,
      Program one,
      Program other,
      Ground.Done before,
      Ground.Done between,
      Ground.Done after) {
    return "%s: %s%n then %s%n gives %s%n and %s, by %s%n not to touch %s%n or %s"
        .formatted(
            where,
            one,
            other,
            before.outcome(),
            after.outcome(),
            between.footprint().writes(),
            before.footprint(),
            after.footprint());
  }

  private void fill(Random random) throws SQLException {
    ground.set("truncate owner, pen, price, plain, part");
    ground.set("insert into owner select i, 'o' || i from generate_series(0, " + random.nextInt(3)
        + ") i");
    for (int i = 0; i < 5; i++) {
      if (random.nextInt(3) > 0) {
        ground.set("insert into pen values (" + i + ", (select min(id) from owner where id >= "
            + random.nextInt(3) + "), 'c" + i + "', " + random.nextInt(4) + ")");
      }
      if (random.nextBoolean()) {
        ground.set("insert into price values (" + i + ", 1); insert into part values (" + i
            + ", 1); insert into plain values (" + i + ", 1)");
      }
    }
  }

  @Test
  void whatIsNotTouchedDoesTheSame() throws SQLException {
    long seed = Long.getLong("reprise.test.seed", System.nanoTime());
    System.out.println("FootprintsSoundnessTest seed " + seed);
    var random = new Random(seed);
    int untouched = 0;
    int differing = 0;
    try (var connection = ground.open()) {
      for (int round = 0; round < ROUNDS; round++) {
        if (round % FILLED_AFTER == 0) {
          fill(random);
        }
        var one = Program.of(random);
        var other = Program.of(random);
        var before = ground.run(connection, one.isolation(), false, one::run);
        var between = ground.run(connection, other.isolation(), true, other::run);
        var after = ground.run(connection, one.isolation(), false, one::run);
        boolean same =
            before.outcome().equals(after.outcome()) && before.changes().equals(after.changes());
        var writes = between.footprint().writes();
        var told = told("seed " + seed + ", round " + round, one, other, before, between, after);
        for (var footprint : List.of(before.footprint(), after.footprint())) {
          if (!footprint.isTouchedBy(writes)) {
            assertThat(same).as(told).isTrue();
            untouched++;
          }
        }
        differing += same ? 0 : 1;
      }
    }
    assertThat(untouched).as("independent ones").isGreaterThan(ROUNDS / 10);
    assertThat(differing).as("dependent ones").isGreaterThan(ROUNDS / 50);
    System.out.println(untouched + " untouched, " + differing + " differing");
  }
}
