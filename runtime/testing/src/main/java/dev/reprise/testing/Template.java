package dev.reprise.testing;

import dev.reprise.runtime.postgres.Migrator;
import dev.reprise.runtime.postgres.ScratchDatabase;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * A database that has all tables and that nobody uses: copies of it are made quickly. There is one of a kind in a run of
 * JUnit, which drops it at the end.
 */
@SuppressWarnings("deprecation") // JUnit before 5.13 closes nothing but a CloseableResource
record Template(ScratchDatabase database)
    implements ExtensionContext.Store.CloseableResource, AutoCloseable {
  private static final Namespace NAMESPACE = Namespace.create(Template.class);

  private record Kind(Migrations migrations, ClassLoader application) {}

  /** The one with these tables, made where it is not there yet. */
  static Template of(ExtensionContext context, Migrations migrations, ClassLoader application) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(new Kind(migrations, application), Template::make, Template.class);
  }

  private static Template make(Kind kind) {
    var database = ScratchDatabase.forTests();
    try {
      Migrator.reprise(database.config()).migrate();
      kind.migrations().run(database.config(), kind.application());
      return new Template(database);
    } catch (RuntimeException | Error e) {
      database.close();
      throw e;
    }
  }

  @Override
  public void close() {
    database.close();
  }
}
