package dev.reprise.debugger.rebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.history.Change.Kind;
import dev.reprise.debugger.history.Lsn;
import dev.reprise.debugger.history.RecordedTransaction;
import dev.reprise.debugger.history.Relation;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes in a database that was not rebuilt: columns go by their names. */
class ChangeApplierTest {
  private static final Relation PARENT =
      relation("parent", List.of("id", "name"), List.of("id"), false);
  private static final Relation CHILD =
      relation("child", List.of("id", "parent", "gone"), List.of("id"), false);
  private static final Relation PLAIN =
      relation("plain", List.of("a", "b"), List.of("a", "b"), true);
  private static final String ROLE = "show session_replication_role";

  private Scratch scratch;
  private Connection session;

  @BeforeEach
  void create() throws SQLException {
    scratch = Scratch.embedded();
    session = scratch.open();
    RecordedSource.execute(session, """
        create table parent (id int generated always as identity primary key, name varchar(5) unique);
        create table child (id int primary key, parent int references parent, doubled int generated always as (id * 2) stored);
        create table plain (a int, b json);
        create function refuse() returns trigger language plpgsql as 'begin raise exception ''fired''; end';
        create trigger refuse before insert or update or delete on parent for each row execute function refuse();
        create trigger refuse_all before truncate on parent execute function refuse();
        """);
  }

  @AfterEach
  void drop() throws SQLException {
    session.close();
    scratch.close();
  }

  private static Relation relation(
      String name, List<String> columns, List<String> key, boolean full) {
    return new Relation(
        name.hashCode(),
        1,
        7,
        "public",
        name,
        Lsn.ZERO,
        columns,
        columns,
        columns.stream().map(it -> 0).toList(),
        key,
        full,
        null);
  }

  private static Change change(
      Relation relation,
      Kind kind,
      @Nullable String @Nullable [] before,
      @Nullable String @Nullable [] after) {
    return new Change(relation, kind, before, after, new int[0]);
  }

  private static @Nullable String[] row(@Nullable String... values) {
    return values;
  }

  private void apply(Change... changes) throws SQLException {
    new ChangeApplier(session)
        .apply(new RecordedTransaction(5, Lsn.ZERO, Instant.EPOCH, List.of(changes)));
  }

  @Test
  void makesChangesWithoutTriggersAndForeignKeysAndRestoresTheSession() throws SQLException {
    apply(
        change(CHILD, Kind.INSERT, null, row("1", "10", "x")),
        change(CHILD, Kind.INSERT, null, row("2", "11", null)),
        change(PARENT, Kind.INSERT, null, row("10", "a")),
        change(PARENT, Kind.INSERT, null, row("11", null)),
        change(PARENT, Kind.UPDATE, null, row("10", "b")),
        change(CHILD, Kind.UPDATE, row("2", null, null), row("3", "10", null)),
        change(PARENT, Kind.DELETE, row("11", null), null));

    assertThat(RecordedSource.contents(session))
        .isEqualTo("child\n  (1,10,2)\n  (3,10,6)\nparent\n  (10,b)\nplain\n");
    assertThat(RecordedSource.text(session, ROLE)).isEqualTo("origin");

    session.setAutoCommit(false);
    apply(change(PARENT, Kind.TRUNCATE, null, null), change(CHILD, Kind.TRUNCATE, null, null));
    assertThat(RecordedSource.contents(session)).isEqualTo("child\nparent\nplain\n");
    assertThat(RecordedSource.text(session, ROLE)).isEqualTo("origin");
    session.rollback();
    assertThat(RecordedSource.contents(session)).contains("(10,b)");
  }

  @Test
  void keepsTheOrderThatUniqueValuesWant() throws SQLException {
    apply(
        change(PARENT, Kind.INSERT, null, row("1", "a")),
        change(PARENT, Kind.DELETE, row("1", null), null),
        change(PARENT, Kind.INSERT, null, row("2", "a")),
        change(PARENT, Kind.UPDATE, null, row("2", "b")),
        change(PARENT, Kind.INSERT, null, row("3", "a")));

    assertThat(RecordedSource.contents(session)).contains("(2,b)", "(3,a)");
  }

  @Test
  void findsOneOfEqualRowsByAllThatItHas() throws SQLException {
    apply(
        change(PLAIN, Kind.INSERT, null, row("1", "{\"a\": 1}")),
        change(PLAIN, Kind.INSERT, null, row("1", "{\"a\": 1}")),
        change(PLAIN, Kind.INSERT, null, row("1", null)),
        change(PLAIN, Kind.DELETE, row("1", "{\"a\": 1}"), null),
        change(PLAIN, Kind.UPDATE, row("1", null), row("2", null)));

    assertThat(RecordedSource.contents(session))
        .endsWith("plain\n  (1,\"{\"\"a\"\": 1}\")\n  (2,)\n");
  }

  @Test
  void namesTheTableWhereARowIsNotThereAndLeavesNothing() throws SQLException {
    assertThatThrownBy(() -> apply(
            change(PARENT, Kind.INSERT, null, row("1", "a")),
            change(PLAIN, Kind.DELETE, row("8", null), null)))
        .isInstanceOf(RebuildException.class)
        .hasMessageContaining("public.plain")
        .hasMessageContaining("no row");
    assertThatThrownBy(() -> apply(change(PARENT, Kind.INSERT, null, row("1", "too long"))))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("public.parent");
    assertThat(RecordedSource.contents(session)).isEqualTo("child\nparent\nplain\n");
    assertThat(RecordedSource.text(session, ROLE)).isEqualTo("origin");
    assertThat(session.getAutoCommit()).isTrue();
  }

  @Test
  void tellsWhichTablesAreNotThere() throws SQLException {
    var applier = new ChangeApplier(session);
    applier.apply(List.of(change(
        relation("other", List.of("id"), List.of("id"), false), Kind.INSERT, null, row("1"))));
    assertThat(applier.skippedTables()).containsExactly("public.other");
  }
}
