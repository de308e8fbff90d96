package dev.reprise.debugger.history;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of changes beside their transactions, told to a reader. */
final class ToldChanges {
  private final Map<Integer, Relation> relations;
  private final ChangeReader reader;
  private @Nullable Lsn current;

  ToldChanges(Map<Integer, Relation> relations, ChangeReader reader) {
    this.relations = relations;
    this.reader = reader;
  }

  void row(ResultSet row) throws SQLException {
    Lsn commit = Lsn.parse(row.getString(2));
    if (!commit.equals(current)) {
      current = commit;
      reader.begin(row.getLong(1), commit, HistoryRows.instant(row, 3));
    }
    String kind = row.getString(5);
    if (kind != null) {
      Relation relation = relations.get(row.getInt(4));
      if (relation == null) {
        throw new HistoryException(
            "the history names a relation " + row.getInt(4) + " that it does not have");
      }
      reader.change(new Change(
          relation,
          Change.Kind.valueOf(kind),
          HistoryRows.values(row, 6),
          HistoryRows.values(row, 7),
          HistoryRows.indexes(row, 8)));
    }
  }
}
