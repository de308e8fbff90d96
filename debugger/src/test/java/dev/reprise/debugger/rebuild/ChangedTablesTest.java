package dev.reprise.debugger.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.debugger.history.Snapshot;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Columns with values that no change tells: only a later copy of the table has them. */
class ChangedTablesTest {
  private static final List<String> TABLES = List.of("keyed", "whole", "updated");

  private static void change(RecordedSource source) throws SQLException {
    source.transaction("insert into keyed values (7, 'then'); delete from keyed where id = 7");
    source.transaction(
        "insert into keyed values (8, 'then'); update keyed set x = 'again', id = 9 where id = 8");
    source.transaction(
        "insert into whole values (7, 'then'); update whole set x = 'other' where id = 1");
    source.transaction(
        "delete from whole where id = 2; update whole set x = x || '!' where id in (1, 7)");
    source.transaction("update updated set x = 'other' where id = 1");
  }

  @Test
  void aLaterCopyIsTakenBackWhereThatIsPossibleAndElseItIsSaid() throws Exception {
    try (var source = new RecordedSource()) {
      for (var table : TABLES) {
        source.execute(
            "create table %1$s (id int primary key, x text); insert into %1$s values (1, 'a'), (2, 'b')"
                .formatted(table));
      }
      source.execute("alter table whole replica identity full");
      source.begin();
      source.transaction("update keyed set x = 'before' where id = 1");
      Snapshot before = source.snapshot();
      String contentsBefore = source.contents();
      var maker = new StringBuilder();
      try (Connection session = source.session()) {
        session.setAutoCommit(false);
        for (var table : TABLES) {
          RecordedSource.execute(
              session,
              "alter table " + table + " add column code uuid not null default gen_random_uuid()");
        }
        maker.append(RecordedSource.text(session, "select pg_current_xact_id()::text"));
        session.commit();
      }
      Snapshot after = source.snapshot();
      String contentsAfter = source.contents();
      for (var table : TABLES) {
        source.tableChanged(table);
      }
      change(source);
      for (var table : TABLES) {
        source.copy(table);
      }
      source.schemaSeen();
      source.execute("""
          update reprise_history.schemas set made_by = array['%s']::xid8[]
           where seen_lsn = (select max(seen_lsn) from reprise_history.schemas)
          """.formatted(maker));
      Snapshot last = source.snapshot();
      String contentsLast = source.contents();
      source.transaction("insert into keyed values (20, 'later')");

      assertThat(contents(source, before, 0)).isEqualTo(contentsBefore);
      assertThat(withoutUpdated(contents(source, after, 1)))
          .isEqualTo(withoutUpdated(contentsAfter));
      assertThat(contents(source, last, 0)).isEqualTo(contentsLast);
    }
  }

  /** It is the last table in the order of names that is not known. */
  private static String withoutUpdated(String contents) {
    return contents.replaceFirst("(?s)updated\n(  [^\n]*\n)*", "");
  }

  private static String contents(RecordedSource source, Snapshot snapshot, int notes)
      throws SQLException {
    var history = source.history();
    try (var scratch = new Rebuilder(history)
            .at(
                history.epochSeeing(snapshot),
                Visibility.of(snapshot),
                Scratch.embedded(),
                Set.of());
        Connection session = scratch.open()) {
      assertThat(scratch.notes())
          .hasSize(notes)
          .allSatisfy(
              note -> assertThat(note).contains("public.updated (code)", "not known at that time"));
      return RecordedSource.contents(session);
    }
  }
}
