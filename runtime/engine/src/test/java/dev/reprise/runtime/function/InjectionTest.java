package dev.reprise.runtime.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.Bindings;
import dev.reprise.Function;
import dev.reprise.RegistrationException;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.io.Closeable;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

@SuppressWarnings("unused") // classes are what the tests are about
class InjectionTest {
  public static class NeedsDatabase {
    final DataSource database;

    public NeedsDatabase(DataSource database) {
      this.database = database;
    }

    @Transaction
    public void run() {}
  }

  public static class Leaf {
    @Step
    public void run() {}
  }

  public static class Middle {
    final Leaf leaf;

    public Middle(Leaf leaf, Clock clock) {
      this.leaf = leaf;
    }

    @Step
    public void run() {}
  }

  public static class Root {
    final Middle middle;
    final Leaf leaf;

    public Root(Middle middle, Leaf leaf) {
      this.middle = middle;
      this.leaf = leaf;
    }

    @Workflow
    public void run() {}
  }

  public static class Hen {
    public Hen(Egg egg) {}

    @Step
    public void run() {}
  }

  public static class Egg {
    public Egg(Hen hen) {}

    @Step
    public void run() {}
  }

  @Function("Leaf")
  public static class AnotherLeaf {
    @Step
    public void run() {}
  }

  public static class Fails {
    public Fails() {
      throw new IllegalStateException("no key");
    }

    @Step
    public void run() {}
  }

  public static class CallsItself {
    public CallsItself() {
      run();
    }

    @Step
    public void run() {}
  }

  private static ApplicationBuilder builder(Class<?>... types) {
    return Application.builder()
        .functions(List.of(types))
        .durable((function, arguments, body) -> body.run(arguments))
        .client((function, arguments, body) -> body.run(arguments));
  }

  private static void assertRefused(ApplicationBuilder builder, String message) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(RegistrationException.class)
        .hasMessageContaining(message);
  }

  @Test
  void thereIsOneDurableInstanceOfEveryClass() {
    var application = builder(Root.class, Middle.class, Leaf.class)
        .bind(Map.of(Clock.class, Clock.systemUTC()))
        .build();
    var root = application.durable(Root.class);
    assertThat(root.middle).isSameAs(application.durable(Middle.class));
    assertThat(root.leaf).isSameAs(application.durable(Leaf.class)).isSameAs(root.middle.leaf);
    assertThat(application.client(Root.class).leaf).isSameAs(root.leaf);
    assertThat(application.definitions())
        .extracting(FunctionDefinition::name)
        .containsExactly("Leaf.run", "Middle.run", "Root.run");
    assertThat(application.definitionsOf(Root.class)).hasSize(1);
    assertThat(application.loader()).isSameAs(Root.class.getClassLoader());
  }

  @Test
  void theDatabaseIsInjected() {
    var database = new PGSimpleDataSource();
    var application = builder(NeedsDatabase.class).database(database).build();
    assertThat(application.durable(NeedsDatabase.class).database).isSameAs(database);
    assertRefused(
        builder(NeedsDatabase.class),
        "NeedsDatabase asks for a javax.sql.DataSource, but there is no database here");
  }

  @Test
  void aTypeThatNobodyProvidesIsRefusedWithTheChainAndTheRemedy() {
    assertRefused(
        builder(Root.class, Middle.class, Leaf.class),
        "Middle asks for java.time.Clock (Middle -> Clock), which is neither bound nor a registered class of"
            + " functions: bind it with builder.bind(Clock.class, ..) or in a FunctionModule, or register it");
    assertRefused(builder(Root.class, Middle.class), "asks for");
  }

  @Test
  void classesThatAskForEachOtherAreRefused() {
    assertRefused(
        builder(Hen.class, Egg.class),
        "classes that ask for each other cannot be made: Egg -> Hen -> Egg; move what both need");
  }

  @Test
  void twoClassesWithAFunctionOfOneNameAreRefused() {
    assertRefused(
        builder(Leaf.class, AnotherLeaf.class),
        "both have a function called Leaf.run: rename one class with @Function(\"name\")");
  }

  @Test
  void aConstructorThatFailsIsNamed() {
    assertRefused(
        builder(Fails.class),
        "InjectionTest.Fails failed: java.lang.IllegalStateException: no key");
  }

  @Test
  void aCallInTheOwnConstructorIsRefused() {
    assertRefused(
        builder(CallsItself.class),
        "CallsItself.run was called in the constructor of its own class, where nothing is durable");
  }

  @Test
  void anEmptyApplicationIsRefused() {
    assertRefused(builder(), "there are no functions");
  }

  @Test
  void anUnregisteredClassIsRefusedByName() {
    var application = builder(Leaf.class).build();
    assertThatThrownBy(() -> application.durable(Root.class))
        .isInstanceOf(RegistrationException.class)
        .hasMessageContaining(
            "Root is not registered: give it to the builder with functions(Root.class)");
    assertThatThrownBy(() -> application.client(Root.class))
        .isInstanceOf(RegistrationException.class);
  }

  @Test
  void whatReprisesProvidesCannotBeBound() {
    assertRefused(
        builder(Leaf.class).bind(Map.of(DataSource.class, new PGSimpleDataSource())),
        "javax.sql.DataSource cannot be bound");
    assertRefused(
        builder(Leaf.class).bind(Map.of(Leaf.class, new Leaf())),
        "Leaf is a class of functions, which Reprise makes itself");
    assertRefused(
        builder(Leaf.class).bind(Map.of(Clock.class, "noon")),
        "what is bound to java.time.Clock is not an instance of it");
  }

  @Test
  void aTypeIsBoundOnce() {
    Bindings bindings = new BoundObjects(Map.of(), Set.of());
    bindings.bind(Clock.class, Clock.systemUTC());
    assertThatThrownBy(() -> bindings.bind(Clock.class, Clock.systemUTC()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("java.time.Clock is bound already: bind it once");
  }

  @Test
  void whatAModuleBoundIsClosedOnceTheLastFirstAndInSpiteOfFailures() {
    var closed = new ArrayList<String>();
    AutoCloseable first = () -> closed.add("first");
    Closeable failing = () -> {
      closed.add("failing");
      throw new IOException("expected");
    };
    var bound = new BoundObjects(Map.of(Runnable.class, new CloseableRunnable(closed)), Set.of());
    bound.bind(AutoCloseable.class, first);
    bound.bind(Object.class, first);
    bound.bind(Cloneable.class, new CloneableCloseable(failing));
    bound.close();
    bound.close();
    assertThat(closed).containsExactly("failing", "first");
  }

  private record CloseableRunnable(List<String> closed) implements Runnable, AutoCloseable {
    @Override
    public void run() {}

    @Override
    public void close() {
      closed.add("of the embedder");
    }
  }

  private record CloneableCloseable(Closeable delegate) implements Cloneable, AutoCloseable {
    @Override
    public void close() throws IOException {
      delegate.close();
    }
  }
}
