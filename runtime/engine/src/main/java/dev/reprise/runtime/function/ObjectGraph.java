package dev.reprise.runtime.function;

import dev.reprise.RegistrationException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Makes one durable instance of every class of functions, those that others ask for first. To be used once. */
final class ObjectGraph {
  private final Map<Class<?>, List<FunctionDefinition>> functions;
  private final BoundObjects bound;
  private final @Nullable DataSource database;
  private final Map<Class<?>, Object> stubs;
  private final Interceptor interceptor;
  private final Map<Class<?>, Node> made = new LinkedHashMap<>();
  private final Deque<Class<?>> chain = new ArrayDeque<>();

  /** An instance and what its constructor was given. */
  record Node(DurableInstance durable, List<Object> injected) {}

  ObjectGraph(
      Map<Class<?>, List<FunctionDefinition>> functions,
      BoundObjects bound,
      @Nullable DataSource database,
      Map<Class<?>, Object> stubs,
      Interceptor interceptor) {
    this.functions = functions;
    this.bound = bound;
    this.database = database;
    this.stubs = stubs;
    this.interceptor = interceptor;
  }

  /** All instances by class. */
  Map<Class<?>, Node> make() {
    functions.forEach(this::make);
    return made;
  }

  private Node make(Class<?> type, List<FunctionDefinition> definitions) {
    var existing = made.get(type);
    if (existing != null) {
      return existing;
    }
    if (chain.contains(type)) {
      throw new RegistrationException("classes that ask for each other cannot be made: "
          + chainTo(type) + "; move what both need into a third class");
    }
    chain.addLast(type);
    var stub = stubs.get(type);
    var injected = stub == null ? injected(type) : List.of();
    var node = new Node(
        stub == null
            ? DurableInstance.create(type, definitions, injected, interceptor)
            : DurableInstance.stubbed(type, definitions, stub, interceptor),
        injected);
    chain.removeLast();
    made.put(type, node);
    return node;
  }

  private List<Object> injected(Class<?> type) {
    var arguments = new ArrayList<>();
    for (var parameter : type.getConstructors()[0].getParameterTypes()) {
      arguments.add(injected(type, parameter));
    }
    return List.copyOf(arguments);
  }

  private Object injected(Class<?> type, Class<?> wanted) {
    var definitions = functions.get(wanted);
    if (definitions != null) {
      return make(wanted, definitions).durable().instance();
    }
    if (wanted == DataSource.class) {
      if (database == null) {
        throw new RegistrationException(
            Labels.of(type) + " asks for a javax.sql.DataSource, but there is no database here");
      }
      return database;
    }
    return bound
        .get(wanted)
        .orElseThrow(() -> new RegistrationException(
            "the constructor of " + Labels.of(type) + " asks for " + Labels.of(wanted) + " ("
                + chainTo(wanted)
                + "), which is neither bound nor a registered class of functions: bind it with"
                + " builder.bind(" + wanted.getSimpleName()
                + ".class, ..) or in a FunctionModule, or register it"));
  }

  private String chainTo(Class<?> last) {
    return chain.stream().map(Class::getSimpleName).collect(Collectors.joining(" -> ")) + " -> "
        + last.getSimpleName();
  }
}
