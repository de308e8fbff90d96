package dev.reprise.runtime.function;

import dev.reprise.RegistrationException;
import dev.reprise.WorkQueue;
import dev.reprise.runtime.json.JsonCodec;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * One loaded set of classes of functions with their instances. Of every class there is one durable instance, injected
 * into the others and used by the engine, and, once asked for, one for clients. Thread-safe.
 */
public final class Application implements AutoCloseable {
  private final Map<String, FunctionDefinition> byName;
  private final Map<String, Interceptor.Body> bodies;
  private final Map<Class<?>, List<FunctionDefinition>> functions;
  private final Map<Class<?>, ObjectGraph.Node> nodes;
  private final ConcurrentMap<Class<?>, Object> clients = new ConcurrentHashMap<>();
  private final Map<Class<?>, Object> stubs;
  private final BoundObjects bound;
  private final Interceptor client;
  private final ClassLoader loader;
  private final @Nullable String version;
  private final JsonCodec codec = new JsonCodec();

  Application(ApplicationBuilder builder) {
    this.version = builder.version();
    this.client = builder.client();
    this.stubs = builder.stubs();
    this.loader = builder.loader();
    this.functions = scan(builder.functions(), new FunctionScanner(codec, version));
    this.byName = byName(functions);
    this.bound = builder.bound(functions.keySet());
    try {
      this.nodes =
          new ObjectGraph(functions, bound, builder.database(), stubs, builder.durable()).make();
    } catch (RuntimeException e) {
      bound.close();
      throw e;
    }
    var all = new TreeMap<String, Interceptor.Body>();
    nodes.values().forEach(node -> all.putAll(node.durable().bodies()));
    this.bodies = Map.copyOf(all);
  }

  /** Begins an application. */
  public static ApplicationBuilder builder() {
    return new ApplicationBuilder();
  }

  /** All functions, by name. */
  public List<FunctionDefinition> definitions() {
    return List.copyOf(byName.values());
  }

  /** The function of that name. */
  public Optional<FunctionDefinition> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * The function that a method is.
   *
   * @throws IllegalArgumentException where it is none, or several: a method inherited by several classes
   */
  public FunctionDefinition definitionOf(Method method) {
    var found = byName.values().stream()
        .filter(function -> function.method().equals(method))
        .toList();
    if (found.size() != 1) {
      throw new IllegalArgumentException(method + " is " + found.size() + " functions");
    }
    return found.get(0);
  }

  /** The queues that its module declares. */
  public List<WorkQueue> queues() {
    return bound.queues();
  }

  /** The functions of a registered class. */
  public List<FunctionDefinition> definitionsOf(Class<?> type) {
    return require(type, functions);
  }

  /**
   * The instance that is injected: its annotated methods go to the interceptor for durable calls.
   *
   * @throws RegistrationException where the class is not registered
   */
  public <A> A durable(Class<A> type) {
    return type.cast(require(type, nodes).durable().instance());
  }

  /**
   * The instance for clients: its annotated methods go to the interceptor for clients. It is made on the first call, by
   * the constructor, with the same arguments as the other.
   *
   * @throws RegistrationException where the class is not registered
   */
  public <A> A client(Class<A> type) {
    return type.cast(clients.computeIfAbsent(type, this::makeClient));
  }

  /**
   * Runs the author's method on the durable instance, past the interceptors.
   *
   * @throws Throwable what the method throws
   */
  public @Nullable Object invoke(FunctionDefinition function, @Nullable Object[] arguments)
      throws Throwable {
    var body = bodies.get(function.name());
    if (body == null) {
      throw new IllegalArgumentException(function.name() + " is no function of this application");
    }
    return body.run(arguments);
  }

  /** Reads and writes the values of this application. */
  public JsonCodec codec() {
    return codec;
  }

  /** The loader of its classes. */
  public ClassLoader loader() {
    return loader;
  }

  /** The deployment; null where executions are not pinned. */
  public @Nullable String version() {
    return version;
  }

  /** Closes what its module bound. */
  @Override
  public void close() {
    bound.close();
  }

  private Object makeClient(Class<?> type) {
    var node = require(type, nodes);
    var stub = stubs.get(type);
    var definitions = require(type, functions);
    var made = stub == null
        ? DurableInstance.create(type, definitions, node.injected(), client)
        : DurableInstance.stubbed(type, definitions, stub, client);
    return made.instance();
  }

  private static <V> V require(Class<?> type, Map<Class<?>, V> map) {
    var found = map.get(type);
    if (found == null) {
      throw new RegistrationException(Labels.of(type)
          + " is not registered: give it to the builder with functions(" + type.getSimpleName()
          + ".class)");
    }
    return found;
  }

  private static Map<Class<?>, List<FunctionDefinition>> scan(
      List<Class<?>> types, FunctionScanner scanner) {
    var functions = new LinkedHashMap<Class<?>, List<FunctionDefinition>>();
    var mistakes = new Mistakes();
    types.stream()
        .distinct()
        .sorted(Comparator.comparing(Class::getName))
        .forEach(type -> functions.put(type, scanner.scan(type, mistakes)));
    mistakes.requireNone();
    return Collections.unmodifiableMap(functions);
  }

  private static Map<String, FunctionDefinition> byName(
      Map<Class<?>, List<FunctionDefinition>> functions) {
    var owners = new TreeMap<String, Class<?>>();
    var all = new TreeMap<String, FunctionDefinition>();
    functions.forEach((type, definitions) -> {
      for (var definition : new ArrayList<>(definitions)) {
        var other = owners.put(definition.name(), type);
        if (other != null) {
          throw new RegistrationException(Labels.of(type) + " and " + Labels.of(other)
              + " both have a function called " + definition.name()
              + ": rename one class with @Function(\"name\")");
        }
        all.put(definition.name(), definition);
      }
    });
    return Collections.unmodifiableMap(all);
  }
}
