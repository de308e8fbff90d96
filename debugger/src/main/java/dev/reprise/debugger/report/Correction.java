package dev.reprise.debugger.report;

import dev.reprise.debugger.report.StateDifference.Row;
import dev.reprise.debugger.report.StateDifference.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * SQL that brings rows from what the original run left to what the changed code made of them. It is one transaction, which
 * says of each row what it must be; if one is not so, all such rows are named in an error and nothing is done. It is never
 * applied here: a human reads it first. Immutable.
 *
 * @param sql the text of a file, for psql or JDBC
 * @param statements how many rows it corrects
 * @param changedSince the rows that are no more as the original run left them, and how they are now; their statements are
 *     comments
 * @param notCorrected what differs and is left to the reader, a line each
 */
public record Correction(
    String sql, int statements, List<String> changedSince, List<String> notCorrected) {
  /** Copies the lists. */
  public Correction {
    changedSince = List.copyOf(changedSince);
    notCorrected = List.copyOf(notCorrected);
  }

  /** What is written of a row beside its statement; null where it is as expected. */
  record Left(String why) {}

  /**
   * Writes the correction.
   *
   * @param difference all of it, see {@link StateDifference#complete}
   * @param original the end state of the original run, which tells about types and keys; a session without a transaction
   * @param today the database to be corrected, to see which rows changed since; a session without a transaction; null
   *     where it is not known
   * @param heading what was run, lines for the reader
   */
  @SuppressWarnings("try") // held for its close
  public static Correction of(
      StateDifference difference,
      Connection original,
      @Nullable Connection today,
      List<String> heading)
      throws SQLException {
    Catalog catalog;
    try (var reading = Reading.qualified(original)) {
      catalog = Catalog.read(reading.connection());
    }
    var plan = new Plan(catalog);
    difference.tables().forEach(plan::add);
    if (today != null) {
      try (var reading = Reading.qualified(today)) {
        plan.compareWith(new RowsToday(reading.connection()));
      }
    }
    var lines = new ArrayList<>(heading);
    difference.notes().forEach(note -> lines.add("Note: " + note));
    if (today == null) {
      lines.add("Today's rows were not looked at.");
    }
    return plan.write(lines);
  }

  /** What is to be done, table by table. Used once. */
  private static final class Plan {
    private final Catalog catalog;
    private final Map<TableShape, List<Fix>> fixes = new LinkedHashMap<>();
    private final IdentityHashMap<Fix, Left> left = new IdentityHashMap<>();
    private final List<String> changedSince = new ArrayList<>();
    private final List<String> notCorrected = new ArrayList<>();

    Plan(Catalog catalog) {
      this.catalog = catalog;
    }

    void add(Table table) {
      var shape = catalog.tables().get(table.name());
      if (shape == null || table.key().isEmpty()) {
        notCorrected.add(
            "%s: %d rows differ; it has no primary key, so that rows cannot be told apart"
                .formatted(table.name(), table.total()));
        return;
      }
      if (table.total() > table.rows().size()) {
        throw new IllegalArgumentException("only some of the differing rows of " + table.name()
            + " are there: take StateDifference.complete");
      }
      for (var row : table.rows()) {
        add(shape, row);
      }
    }

    private void add(TableShape shape, Row row) {
      var fix = new Fix(shape, row);
      if (fix.kind() == Fix.Kind.UPDATE) {
        if (fix.columns().isEmpty()) {
          return; // what is computed from other columns follows them
        }
        var fixed = fix.columns().stream()
            .filter(TableShape.Column::always)
            .map(TableShape.Column::name)
            .toList();
        if (!fixed.isEmpty()) {
          notCorrected.add("%s: column %s is generated always as identity and cannot be updated"
              .formatted(fix.label(), String.join(", ", fixed)));
          return;
        }
      }
      fixes.computeIfAbsent(shape, table -> new ArrayList<>()).add(fix);
    }

    void compareWith(RowsToday today) throws SQLException {
      for (var entry : List.copyOf(fixes.entrySet())) {
        var table = entry.getKey();
        var columns = RowsToday.columns(entry.getValue());
        var unfit = today.unfit(table, columns);
        if (unfit.isPresent()) {
          notCorrected.add("%s: %d rows differ; %s"
              .formatted(table.label(), entry.getValue().size(), unfit.get()));
          fixes.remove(table);
          continue;
        }
        var current = today.of(table, entry.getValue(), columns);
        for (var fix : entry.getValue()) {
          var values = current.get(fix);
          RowsToday.changedSince(fix, values).ifPresent(why -> {
            var told = RowsToday.isDone(fix, values)
                ? "is already what the changed code makes of it"
                : why;
            left.put(fix, new Left(told));
            changedSince.add(fix.label() + ": " + told);
          });
        }
      }
    }

    Correction write(List<String> heading) {
      var all = fixes.values().stream().flatMap(List::stream).toList();
      var ordered = FixOrder.of(catalog, all);
      var sql = new CorrectionWriter(catalog, ordered, left).write(heading, notCorrected);
      return new Correction(sql, all.size() - left.size(), changedSince, notCorrected);
    }
  }

  /** Whether there is nothing to be done and nothing to be told. */
  public boolean isEmpty() {
    return statements == 0 && changedSince.isEmpty() && notCorrected.isEmpty();
  }
}
