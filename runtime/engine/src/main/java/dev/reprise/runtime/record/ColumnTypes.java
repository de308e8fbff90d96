package dev.reprise.runtime.record;

import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.record.StreamMessage.Column;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes shapes of what the stream tells about tables: it names types by their oid only, and columns not by their
 * number. For one thread.
 */
final class ColumnTypes {
  /** What {@code format_type} gives for a type that is gone. */
  private static final String GONE = "???";

  private final Connection connection;
  private final Map<Long, StreamMessage.Type> named = new HashMap<>();

  ColumnTypes(Connection connection) {
    this.connection = connection;
  }

  /** The stream tells the name that a type had, in case it is dropped before we ask. */
  void named(StreamMessage.Type type) {
    named.put(type.oid(), type);
  }

  TableShape shape(StreamMessage.Relation relation) throws SQLException {
    var columns = relation.columns();
    var found = lookUp(relation);
    var types = new ArrayList<String>();
    var numbers = new ArrayList<Integer>();
    for (int i = 0; i < columns.size(); i++) {
      var type = found.get(i).type();
      var known = named.get(columns.get(i).type());
      types.add(type.equals(GONE) && known != null ? known.schema() + "." + known.name() : type);
      numbers.add(found.get(i).number());
    }
    return new TableShape(
        relation.oid(),
        relation.schema(),
        relation.table(),
        columns.stream().map(Column::name).toList(),
        List.copyOf(types),
        List.copyOf(numbers),
        columns.stream().filter(Column::key).map(Column::name).toList(),
        relation.full());
  }

  private record Found(String type, int number) {}

  private List<Found> lookUp(StreamMessage.Relation relation) throws SQLException {
    var columns = relation.columns();
    var sql = """
        select format_type(c.type::oid, c.modifier) as type, coalesce(a.attnum, 0) as number
          from unnest(?::text[], ?::bigint[], ?::integer[]) with ordinality as c (name, type, modifier, place)
          left join pg_attribute a on a.attrelid = ?::bigint::oid and a.attname = c.name and not a.attisdropped
         order by c.place
        """;
    return Jdbc.query(
        connection,
        sql,
        statement -> {
          statement.setArray(1, array("text", columns.stream().map(Column::name).toArray()));
          statement.setArray(2, array("int8", columns.stream().map(Column::type).toArray()));
          statement.setArray(
              3, array("int4", columns.stream().map(Column::modifier).toArray()));
          statement.setLong(4, relation.oid());
        },
        row -> new Found(row.getString("type"), row.getInt("number")));
  }

  private java.sql.Array array(String type, Object[] elements) throws SQLException {
    return connection.createArrayOf(type, elements);
  }
}
