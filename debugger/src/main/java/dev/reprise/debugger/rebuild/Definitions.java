package dev.reprise.debugger.rebuild;

import dev.reprise.debugger.history.Epoch;
import dev.reprise.debugger.history.History;
import dev.reprise.debugger.history.Relation;
import dev.reprise.debugger.history.SchemaVersion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The definitions of the application's tables, views, functions and so on, each time that they were found changed. For one thread. */
public final class Definitions {
  private final List<SchemaVersion> versions;
  private final List<@Nullable SourceSchema> parsed = new ArrayList<>();

  private Definitions(List<SchemaVersion> versions) {
    this.versions = versions;
    versions.forEach(version -> parsed.add(null));
  }

  /**
   * Those of an epoch.
   *
   * @throws RebuildException there are none
   */
  public static Definitions of(History history, Epoch epoch) {
    var versions = history.schemas(epoch);
    if (versions.isEmpty()) {
      throw new RebuildException("the history has no schema of the application's tables");
    }
    return new Definitions(versions);
  }

  /** How many there are. */
  public int count() {
    return versions.size();
  }

  /** One of them; the first has the number 0. */
  public SchemaVersion version(int number) {
    return versions.get(number);
  }

  SourceSchema schema(int number) {
    SourceSchema before = null;
    for (int i = 0; i <= number; i++) {
      var known = parsed.get(i);
      if (known == null) {
        known = SourceSchema.parse(versions.get(i).ddl());
        known = before == null ? known : known.withColumnsOf(before);
        parsed.set(i, known);
      }
      before = known;
    }
    return java.util.Objects.requireNonNull(before);
  }

  /** Whether rows of that relation are rows of the table that these definitions have. */
  public boolean fits(int number, Relation relation) {
    SourceSchema.Table table = schema(number).tables().get(relation.oid());
    return table != null && table.fits(relation);
  }

  /** In what one differs from an earlier one. */
  public DefinitionChange change(int from, int to) {
    return DefinitionChange.between(schema(from), schema(to));
  }
}
