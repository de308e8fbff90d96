package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One goes back by taking changes back, not by making the state again. {@code -Dreprise.seed} repeats a walk. */
class TimelineTest {
  private static final long SEED = Long.getLong("reprise.seed", new Random().nextLong());
  private static final List<String> TABLES =
      List.of("item", "sale", "keyless", "made", "zoo_cat", "zoo_other", "seat");

  private static RecordedNode node;

  @BeforeAll
  static void start() {
    node = new RecordedNode("""
        create table item (name text primary key, stock int not null, note text);
        create table sale (id bigint generated always as identity primary key, item text not null references item,
          at timestamptz not null default clock_timestamp());
        create table keyless (a int, b jsonb, c float8, raw bytea, span interval);
        alter table keyless replica identity full;
        create table made (id int, part text, "as text" text, twice int generated always as (id * 2) stored,
          primary key (part, id));
        create table zoo (id int, kind text, primary key (id, kind)) partition by list (kind);
        create table zoo_cat partition of zoo for values in ('cat');
        create table zoo_other partition of zoo default;
        create table seat (id int primary key, place int not null unique deferrable initially deferred);
        insert into seat select i, i from generate_series(1, 5) i;
        insert into item select 'i' || i, i from generate_series(1, 5) i;
        create function counted() returns trigger language plpgsql as $$
          begin insert into keyless (a) values (-1); return null; end $$;
        create trigger counted after insert on made for each row execute function counted();
        """);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static String script(Random random) {
    int a = random.nextInt(6);
    int b = random.nextInt(6);
    return switch (random.nextInt(14)) {
      case 0 -> "insert into item values ('n%d', %d) on conflict do nothing".formatted(a, b);
      case 1 -> "update item set stock = stock + %d where name = 'i%d'".formatted(b, a);
      // large, and then kept by an update that does not send it
      case 2 ->
        "update item set note = (select string_agg(md5(i::text), '') from generate_series(1, 300) i) where name = 'i%d'"
            .formatted(a);
      case 3 -> "insert into sale (item) select name from item where stock > %d".formatted(a);
      case 4 -> "delete from sale where id %% 3 = %d".formatted(a % 3);
      case 5 ->
        "insert into keyless values (%d, '{\"x\": 1.0}', %d / 3.0, '\\x00ff', '-1 day 02:03:04')"
            .formatted(a, b);
      case 6 -> "update keyless set b = null, c = c + 1 where a = %d".formatted(a);
      case 7 ->
        "delete from keyless where ctid = (select min(ctid) from keyless where a = %d)"
            .formatted(a);
      case 8 ->
        "insert into made values (%d, 'p', 'say \"%d\", (or) \\') on conflict do nothing"
            .formatted(a, b);
      case 9 ->
        "update made set id = id + 10, \"as text\" = '' where id = %d and not exists (select from made where id = %d)"
            .formatted(a, a + 10);
      case 10 ->
        "insert into zoo values (%d, '%s') on conflict do nothing"
            .formatted(a, b > 2 ? "cat" : "dog");
      case 11 ->
        "update zoo set kind = 'dog' where id = %d and kind = 'cat' and not exists (select from zoo where id = %d and kind = 'dog')"
            .formatted(a, a);
      case 12 -> "update seat set place = 6 - place";
      default -> "delete from made where id = %d".formatted(a);
    };
  }

  private static String contents(Timeline timeline) {
    try (var connection = timeline.open()) {
      var contents = new StringBuilder();
      for (var table : TABLES) {
        contents
            .append(table)
            .append(Jdbc.query(
                connection,
                "select t::text from " + table + " t order by t::text collate \"C\"",
                Binder.NOTHING,
                row -> row.getString(1)));
      }
      return contents.toString();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String database(Timeline timeline) {
    try (var connection = timeline.open()) {
      return Jdbc.query(
              connection, "select current_database()", Binder.NOTHING, row -> row.getString(1))
          .get(0);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> contentsForth(Timeline timeline) {
    var seen = new ArrayList<String>();
    for (int point = 0; point <= timeline.steps().size(); point++) {
      timeline.goTo(point);
      seen.add(contents(timeline));
    }
    return seen;
  }

  @Test
  void everyPointIsTheSameFromEitherSideAndInOneDatabase() throws Exception {
    System.out.println("seed " + SEED);
    var random = new Random(SEED);
    var ids = new ArrayList<String>();
    for (int i = 0; i < 60; i++) {
      var id = "walk-" + i;
      ids.add(id);
      node.start(id, script(random), script(random), script(random)).result();
    }
    node.onTimeline(ids, timeline -> {
      var forth = contentsForth(timeline);
      var database = database(timeline);
      assertThat(forth).hasSize(61);
      assertThat(forth.stream().distinct().count()).isGreaterThan(30);
      timeline.goTo(0);
      assertThat(contents(timeline)).as("seed %d", SEED).isEqualTo(forth.get(0));
      for (int step = 0; step < 30; step++) {
        int point = random.nextInt(forth.size());
        timeline.goTo(point);
        assertThat(contents(timeline))
            .as("point %d, seed %d", point, SEED)
            .isEqualTo(forth.get(point));
      }
      assertThat(database(timeline)).as("nothing was made again").isEqualTo(database);
    });
  }

  @Test
  void behindATruncateItIsMadeFromTheStartAgain() throws Exception {
    node.start("t-1", "insert into keyless (a) values (1), (2)").result();
    node.start("t-2", "truncate keyless").result();
    node.start("t-3", "insert into keyless (a) values (3)").result();
    node.onTimeline(List.of("t-1", "t-2", "t-3"), timeline -> {
      var forth = contentsForth(timeline);
      var database = database(timeline);
      timeline.goTo(2);
      assertThat(database(timeline)).isEqualTo(database);
      assertThat(contents(timeline)).isEqualTo(forth.get(2));
      timeline.goTo(1);
      assertThat(database(timeline)).isNotEqualTo(database);
      assertThat(contents(timeline)).isEqualTo(forth.get(1)).isNotEqualTo(forth.get(2));
    });
  }
}
