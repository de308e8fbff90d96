package dev.reprise.testing;

import dev.reprise.Execution;
import dev.reprise.ExecutionNotFoundException;
import dev.reprise.Invocation;
import dev.reprise.Options;
import dev.reprise.RegistrationException;
import dev.reprise.Reprise;
import dev.reprise.RepriseException;
import dev.reprise.VoidInvocation;
import dev.reprise.WorkQueue;
import dev.reprise.runtime.server.Code;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Runs functions in a JUnit test as a server runs them: the whole runtime, in the process of the test, on a PostgreSQL
 * database of its own that begins empty and goes away.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final RepriseExtension REPRISE = RepriseExtension.functions(Checkout.class, Inventory.class, Payments.class)
 *     .stub(Payments.class, new FakePayments());
 *
 * @Test
 * void anOrderIsSold() throws Exception {
 *   var receipt = REPRISE.get(Checkout.class).checkout(order);
 *   ...
 * }
 * }</pre>
 *
 * <p>Registered by a static field it lives as long as the test class, with its {@code @Nested} ones; by an instance field,
 * as long as a test method. Tests may ask for a {@link Reprise}, a {@link DataSource} (that of {@link #dataSource()}) or a
 * registered class (as from {@link #get}) as a parameter.
 *
 * <p>The database is made on the server that the environment variable {@code REPRISE_TEST_DATABASE} names, a JDBC URL of a
 * user who may create databases; else in a container ({@code REPRISE_TEST_IMAGE}, by default {@code postgres:18-alpine}),
 * where {@code org.testcontainers:testcontainers-postgresql} is on the class path and a Docker engine answers; else on an
 * embedded server, which needs neither Docker nor an installation. The server is started once in a JVM.
 *
 * <p>Set it up before the tests; after that it is thread-safe. Test classes and methods may run in parallel; those that
 * share a registration share its database and its time.
 */
public final class RepriseExtension
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback,
        ParameterResolver {
  private final List<Class<?>> functions;
  private final Map<Class<?>, Object> bindings = new LinkedHashMap<>();
  private final Map<Class<?>, Object> stubs = new LinkedHashMap<>();
  private final List<WorkQueue> queues = new ArrayList<>();
  private Migrations migrations = Migrations.IF_THERE_ARE_ANY;
  private boolean http;

  /** Whose callbacks were called: classes and methods, by unique id. It runs while there is any. */
  private final Set<String> users = new HashSet<>();

  private volatile @Nullable TestRuntime running;

  private RepriseExtension(List<Class<?>> functions) {
    this.functions = functions;
  }

  // --- set up
  // ---------------------------------------------------------------------------------------------------

  /**
   * Begins an extension for these classes of functions: those under test and all that their constructors ask for.
   *
   * @throws IllegalArgumentException there is none
   */
  public static RepriseExtension functions(Class<?>... classes) {
    if (classes.length == 0) {
      throw new IllegalArgumentException(
          "no functions: name the classes to run, RepriseExtension.functions(Checkout.class, ..)");
    }
    return new RepriseExtension(List.of(classes));
  }

  /** Injects {@code instance} wherever a constructor asks for {@code type}. It is not closed. */
  public <X> RepriseExtension bind(Class<X> type, X instance) {
    requireNotRunning();
    if (bindings.putIfAbsent(type, instance) != null) {
      throw new IllegalArgumentException(type.getName() + " is bound already");
    }
    return this;
  }

  /**
   * Runs the functions of {@code fake} for those of a registered class, as durably: a call is recorded, retried and undone
   * as ever. The constructor of the class is not run.
   *
   * @param functionClass given to {@link #functions} too
   * @param fake an instance of a subclass, or of any class that has the same methods
   */
  public RepriseExtension stub(Class<?> functionClass, Object fake) {
    requireNotRunning();
    if (stubs.putIfAbsent(functionClass, fake) != null) {
      throw new IllegalArgumentException(functionClass.getName() + " has a stub already");
    }
    return this;
  }

  /** Declares queues, as {@link Reprise.Builder#queues} does. */
  public RepriseExtension queues(WorkQueue... declared) {
    requireNotRunning();
    queues.addAll(List.of(declared));
    return this;
  }

  /**
   * Makes the tables from these places, by Flyway. Unless this is called, those of {@code classpath:db/migration} are made
   * if there are any.
   *
   * @param locations each as {@code classpath:db/migration} (or {@code db/migration}) or {@code filesystem:sql}, with at
   *     least one migration; none at all stand for {@code classpath:db/migration}
   */
  public RepriseExtension migrations(String... locations) {
    requireNotRunning();
    migrations = Migrations.of(locations);
    return this;
  }

  /** Makes no tables, though there may be migrations in {@code classpath:db/migration}. */
  public RepriseExtension withoutMigrations() {
    requireNotRunning();
    migrations = Migrations.NONE;
    return this;
  }

  /** Serves HTTP too, on a free {@link #port()} of the loopback address. It needs {@code io.javalin:javalin}. */
  public RepriseExtension http() {
    requireNotRunning();
    http = true;
    return this;
  }

  // --- in tests
  // -------------------------------------------------------------------------------------------------

  /** The runtime itself. */
  public Reprise reprise() {
    return running().runtime();
  }

  /**
   * An instance whose annotated methods start executions and wait for their result.
   *
   * @throws RegistrationException the class was not given to {@link #functions}
   */
  public <A> A get(Class<A> functionClass) {
    return reprise().get(functionClass);
  }

  /** Starts an execution; returns once it is durable. */
  public <A, T extends @Nullable Object> Execution<T> start(
      Class<A> functionClass, Invocation<A, T> call, Options options) {
    return reprise().start(functionClass, call, options);
  }

  /** Starts an execution under a random id. */
  public <A, T extends @Nullable Object> Execution<T> start(
      Class<A> functionClass, Invocation<A, T> call) {
    return reprise().start(functionClass, call);
  }

  /** Starts an execution of a function without result. */
  public <A> Execution<@Nullable Void> startVoid(
      Class<A> functionClass, VoidInvocation<A> call, Options options) {
    return reprise().startVoid(functionClass, call, options);
  }

  /** Starts an execution of a function without result under a random id. */
  public <A> Execution<@Nullable Void> startVoid(Class<A> functionClass, VoidInvocation<A> call) {
    return reprise().startVoid(functionClass, call);
  }

  /**
   * The execution of that id.
   *
   * @throws ExecutionNotFoundException where there is none
   */
  public <T extends @Nullable Object> Execution<T> execution(String id, Class<T> resultType) {
    return reprise().execution(id, resultType);
  }

  /**
   * Lets time pass, for executions only, as if nothing else happened meanwhile: first everything under way comes to rest,
   * that is, it ends or waits; then the clock goes to the moment when the next execution is due, that one comes to rest,
   * and so on until {@code time} has passed. A loop that sleeps for a day makes three rounds in {@code
   * advance(Duration.ofDays(3))}, each at its own {@link dev.reprise.Durable#now()}, and a workflow is timed out in its
   * turn. Zero moves nothing and waits for rest.
   *
   * <p>The clock never goes back. The database's own {@code now()} does not move, nor do the timeouts of steps and the
   * pauses between their attempts. An execution that comes to no rest within 10 s of real time, in a long step for
   * instance, is left to itself, and time goes on.
   *
   * @throws IllegalArgumentException the time is negative
   */
  public void advance(Duration time) {
    running().time().advance(time);
  }

  /**
   * The database, to prepare it and to look into it: plain connections outside any execution, with autocommit, as its
   * owner.
   */
  public DataSource dataSource() {
    return running().dataSource();
  }

  /** A connection of {@link #dataSource()}, to be closed. */
  public Connection connection() throws SQLException {
    return dataSource().getConnection();
  }

  /**
   * The port of the HTTP server.
   *
   * @throws IllegalStateException {@link #http()} was not called
   */
  public int port() {
    return reprise()
        .port()
        .orElseThrow(() -> new IllegalStateException(
            "no HTTP is served: ask for it with RepriseExtension.functions(..).http()"));
  }

  // --- JUnit
  // ----------------------------------------------------------------------------------------------------

  /**
   * Starts it.
   *
   * @throws RepriseException the database, a migration or a class cannot be used; the message names what to do
   */
  @Override
  public void beforeAll(ExtensionContext context) {
    enter(context);
  }

  /** Starts it, where it was registered by an instance field. */
  @Override
  public void beforeEach(ExtensionContext context) {
    enter(context);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    leave(context);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    leave(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    var type = parameter.getParameter().getType();
    return type == Reprise.class || type == DataSource.class || functions.contains(type);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    var type = parameter.getParameter().getType();
    if (type == Reprise.class) {
      return reprise();
    }
    return type == DataSource.class ? dataSource() : get(type);
  }

  private synchronized void enter(ExtensionContext context) {
    if (running == null) {
      QuietLogs.unlessConfigured();
      var template = Template.of(context, migrations, functions.get(0).getClassLoader());
      var code = Code.ofClasses(
          functions, Map.copyOf(bindings), Map.copyOf(stubs), null, List.copyOf(queues));
      running = TestRuntime.start(template.database().copy(), code, http);
    }
    users.add(context.getUniqueId());
  }

  private synchronized void leave(ExtensionContext context) {
    var runtime = running;
    if (users.remove(context.getUniqueId()) && users.isEmpty() && runtime != null) {
      running = null;
      runtime.close();
    }
  }

  private TestRuntime running() {
    var runtime = running;
    if (runtime == null) {
      throw new IllegalStateException(
          "Reprise does not run: annotate the RepriseExtension with @RegisterExtension (a static field runs it for the"
              + " test class, an instance field for each test method) and use it within tests");
    }
    return runtime;
  }

  private void requireNotRunning() {
    if (running != null) {
      throw new IllegalStateException(
          "Reprise runs already: set the extension up where it is registered");
    }
  }
}
