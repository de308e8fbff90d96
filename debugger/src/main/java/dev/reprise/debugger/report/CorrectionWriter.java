package dev.reprise.debugger.report;

import dev.reprise.debugger.report.Fix.Kind;
import dev.reprise.debugger.report.TableShape.Column;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes the file of a {@link Correction}. Used once. */
final class CorrectionWriter {
  private static final String BEGIN = "begin;\n"
      + Reading.FORMATS.replace("set local lc_monetary = 'C';\n", "")
      + "set constraints all deferred;\n"
      + "create temporary table reprise_missed (place integer primary key, row_text text not null)"
      + " on commit drop;\n";

  private static final String END = """

      -- All or nothing: if a row was not as expected, this names it and the transaction ends without effect.
      do $$
      declare
        missed bigint := (select count(*) from pg_temp.reprise_missed);
      begin
        if missed > 0 then
          raise exception '% of the rows to correct are not as expected; nothing was changed', missed
            using detail = (select string_agg(row_text, E'\\n' order by place)
                              from (select * from pg_temp.reprise_missed order by place limit 100) as first_ones),
                  hint = 'They changed after the recorded run. Look at them, and take their statements out or adapt them.';
        end if;
      end $$;
      """;

  private final Catalog catalog;
  private final FixOrder.Ordered ordered;
  private final IdentityHashMap<Fix, Correction.Left> left;
  private final StringBuilder out = new StringBuilder();

  CorrectionWriter(
      Catalog catalog, FixOrder.Ordered ordered, IdentityHashMap<Fix, Correction.Left> left) {
    this.catalog = catalog;
    this.ordered = ordered;
    this.left = left;
  }

  String write(List<String> heading, List<String> notCorrected) {
    header(heading, notCorrected);
    out.append('\n').append(BEGIN);
    @Nullable TableShape table = null;
    @Nullable Kind kind = null;
    int place = 0;
    for (int i = 0; i < ordered.fixes().size(); i++) {
      var fix = ordered.fixes().get(i);
      if (!fix.table().equals(table) || fix.kind() != kind) {
        table = fix.table();
        kind = fix.kind();
        blockHeader(i);
      }
      statement(fix, ++place);
    }
    out.append(END);
    passSequences();
    out.append("\ncommit;\n");
    return out.toString();
  }

  private void header(List<String> heading, List<String> notCorrected) {
    line("-- Correction: brings rows from what the recorded run left to what the changed code makes"
        + " of them.");
    line("-- Written by \"reprise retro\"; nothing has been applied. Read it before you run it:");
    line("--   psql --set ON_ERROR_STOP=1 --file this-file      to try it, make its last line"
        + " \"rollback;\"");
    line("--");
    heading.forEach(text -> comment("", text));
    line("--");
    counts();
    line("-- Every statement says what the row must be now. If one finds it otherwise, nothing at"
        + " all is changed.");
    var triggers = new TreeMap<String, List<String>>();
    ordered.fixes().forEach(fix -> triggers.put(fix.table().label(), fix.table().triggers()));
    triggers.forEach((label, names) -> names.forEach(name ->
        comment("", "Note: the trigger " + name + " of " + label + " fires on these statements.")));
    if (ordered.circular() > 0) {
      line(
          "-- Note: %d statements depend on each other in a circle (foreign or unique keys). If a constraint refuses them,"
              .formatted(ordered.circular()));
      line("-- they need an order of your own.");
    }
    if (!left.isEmpty()) {
      line("--");
      line("-- CHANGED SINCE: these rows are not as the recorded run left them. Their statements"
          + " are comments below.");
      ordered.fixes().stream()
          .filter(left::containsKey)
          .forEach(fix -> comment("  ", fix.label() + ": " + why(fix)));
    }
    if (!notCorrected.isEmpty()) {
      line("--");
      line("-- NOT CORRECTED:");
      notCorrected.forEach(text -> comment("  ", text));
    }
  }

  private void counts() {
    var counts = new TreeMap<String, EnumMap<Kind, Integer>>();
    for (var fix : ordered.fixes()) {
      if (!left.containsKey(fix)) {
        counts
            .computeIfAbsent(fix.table().label(), table -> new EnumMap<>(Kind.class))
            .merge(fix.kind(), 1, Integer::sum);
      }
    }
    if (counts.isEmpty()) {
      line("-- No row to correct.");
    }
    counts.forEach((table, count) -> comment(
        "",
        "%s: %d to update, %d to insert, %d to delete"
            .formatted(
                table,
                count.getOrDefault(Kind.UPDATE, 0),
                count.getOrDefault(Kind.INSERT, 0),
                count.getOrDefault(Kind.DELETE, 0))));
  }

  private void blockHeader(int from) {
    var first = ordered.fixes().get(from);
    int to = from;
    while (to < ordered.fixes().size()
        && ordered.fixes().get(to).table().equals(first.table())
        && ordered.fixes().get(to).kind() == first.kind()) {
      to++;
    }
    var verb = switch (first.kind()) {
      case INSERT -> "insert";
      case UPDATE -> "update";
      case DELETE -> "delete";
    };
    line("");
    comment(
        "",
        "=== %s: %s %d %s"
            .formatted(first.table().label(), verb, to - from, to - from == 1 ? "row" : "rows"));
  }

  private void statement(Fix fix, int place) {
    line("");
    comment("", told(fix));
    var text = """
        with hit as (
        %s
          returning 1)
        insert into pg_temp.reprise_missed select %d, %s where (select count(*) from hit) <> 1;
        """.formatted(sql(fix), place, Sql.literal(missed(fix)));
    if (left.containsKey(fix)) {
      comment("", "CHANGED SINCE: " + why(fix));
      text.lines().forEach(line -> line("--   " + line));
    } else {
      out.append(text);
    }
  }

  private String why(Fix fix) {
    return Objects.requireNonNull(left.get(fix)).why();
  }

  private static String missed(Fix fix) {
    return fix.label()
        + switch (fix.kind()) {
          case INSERT -> ": is there already, to be inserted";
          case UPDATE -> ": is gone or was changed, to be updated";
          case DELETE -> ": is gone, was changed or is referred to by new rows, to be deleted";
        };
  }

  private static String told(Fix fix) {
    var before = fix.row().before();
    var after = fix.row().after();
    if (before == null || after == null) {
      return fix.label();
    }
    return fix.label() + ": "
        + fix.columns().stream()
            .map(column -> "%s %s -> %s"
                .formatted(
                    column.name(),
                    Words.cut(before.get(column.name()), 60),
                    Words.cut(after.get(column.name()), 60)))
            .collect(Collectors.joining(", "));
  }

  private String sql(Fix fix) {
    return switch (fix.kind()) {
      case INSERT -> insert(fix, Objects.requireNonNull(fix.row().after()));
      case UPDATE ->
        update(
            fix,
            Objects.requireNonNull(fix.row().before()),
            Objects.requireNonNull(fix.row().after()));
      case DELETE -> delete(fix, Objects.requireNonNull(fix.row().before()));
    };
  }

  private static String insert(Fix fix, Map<String, @Nullable String> after) {
    var columns = fix.columns();
    return "  insert into %s (%s)%s\n    select %s\n    where not exists (select from %s where %s)"
        .formatted(
            fix.table().sql(),
            columns.stream().map(Column::sql).collect(Collectors.joining(", ")),
            columns.stream().anyMatch(Column::identity) ? " overriding system value" : "",
            columns.stream()
                .map(column -> Sql.value(column, after.get(column.name())))
                .collect(Collectors.joining(", ")),
            fix.table().sql(),
            hasKey(fix));
  }

  private String update(
      Fix fix, Map<String, @Nullable String> before, Map<String, @Nullable String> after) {
    var set = new ArrayList<String>();
    var guards = new ArrayList<String>();
    guards.add(hasKey(fix));
    for (var column : fix.columns()) {
      set.add(column.sql() + " = " + Sql.value(column, after.get(column.name())));
      guards.add(Sql.has(column, before.get(column.name())));
    }
    guards.addAll(noFollowers(fix, fix.columns().stream().map(Column::name).toList()));
    return "  update %s\n     set %s\n   where %s"
        .formatted(
            fix.table().sql(),
            String.join(",\n         ", set),
            String.join("\n     and ", guards));
  }

  private String delete(Fix fix, Map<String, @Nullable String> before) {
    var guards = new ArrayList<String>();
    guards.add(hasKey(fix));
    for (var column : fix.columns()) {
      if (!fix.table().key().contains(column.name())) {
        guards.add(Sql.has(column, before.get(column.name())));
      }
    }
    guards.addAll(noFollowers(fix, before.keySet().stream().toList()));
    return "  delete from %s\n   where %s"
        .formatted(fix.table().sql(), String.join("\n     and ", guards));
  }

  private static String hasKey(Fix fix) {
    return fix.table().key().stream()
        .map(name -> {
          var column = fix.table().column(name).orElseThrow();
          return column.sql() + " = " + Sql.value(column, fix.row().key().get(name));
        })
        .collect(Collectors.joining(" and "));
  }

  /** Rows that refer to this one and that the database would change or delete along with it must not be there. */
  private List<String> noFollowers(Fix fix, List<String> changed) {
    var guards = new ArrayList<String>();
    for (var key : catalog.foreignKeys()) {
      var child = catalog.tables().get(key.table());
      var values = fix.old(key.referenced());
      if (child != null
          && values != null
          && key.follows()
          && key.parent().equals(fix.table().label())
          && key.referenced().stream().anyMatch(changed::contains)) {
        var same = new ArrayList<String>();
        for (int i = 0; i < values.size(); i++) {
          var parents = fix.table().column(key.referenced().get(i)).orElseThrow();
          same.add(child.column(key.columns().get(i)).orElseThrow().sql() + " = "
              + Sql.value(parents, values.get(i)));
        }
        guards.add("not exists (select from %s where %s)"
            .formatted(child.sql(), String.join(" and ", same)));
      }
    }
    return guards;
  }

  /** Sequences go past the values that were inserted beside them. */
  private void passSequences() {
    var highest = new LinkedHashMap<String, String>();
    for (var fix : ordered.fixes()) {
      var after = fix.row().after();
      if (fix.kind() == Kind.INSERT && after != null && !left.containsKey(fix)) {
        for (var column : fix.columns()) {
          var value = after.get(column.name());
          if (column.identity() && value != null && value.matches("[0-9]{1,18}")) {
            highest.merge(
                "pg_get_serial_sequence(%s, %s)"
                    .formatted(Sql.literal(fix.table().sql()), Sql.literal(column.name())),
                value,
                (one, other) -> Long.parseLong(one) >= Long.parseLong(other) ? one : other);
          }
        }
      }
    }
    if (!highest.isEmpty()) {
      line("");
      line("-- Sequences must not give the inserted values again; they only go forward.");
      highest.forEach((sequence, value) -> line(
          "select setval(s.name, %2$s) from (select %1$s::regclass) as s(name)\n where %2$s > coalesce(pg_sequence_last_value(s.name), 0);"
              .formatted(sequence, value)));
    }
  }

  private void comment(String indent, String text) {
    line("-- " + indent + Sql.comment(text));
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
