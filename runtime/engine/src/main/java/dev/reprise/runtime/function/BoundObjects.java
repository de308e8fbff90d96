package dev.reprise.runtime.function;

import dev.reprise.Bindings;
import dev.reprise.WorkQueue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The objects to inject. What a module bound is closed with the application; what its embedder bound is the embedder's. */
final class BoundObjects implements Bindings, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BoundObjects.class);

  private final Map<Class<?>, Object> instances = new LinkedHashMap<>();
  private final List<AutoCloseable> owned = new ArrayList<>();
  private final Map<String, WorkQueue> queues = new LinkedHashMap<>();
  private final Set<Class<?>> functions;

  BoundObjects(Map<Class<?>, Object> ofEmbedder, Set<Class<?>> functions) {
    this.functions = functions;
    ofEmbedder.forEach(this::add);
  }

  @Override
  public <X> Bindings bind(Class<X> type, X instance) {
    add(type, instance);
    if (instance instanceof AutoCloseable closeable) {
      owned.add(closeable);
    }
    return this;
  }

  @Override
  public Bindings queue(WorkQueue queue) {
    if (queues.putIfAbsent(queue.name(), queue) != null) {
      throw new IllegalArgumentException(
          "the queue " + queue.name() + " is declared already: declare it once");
    }
    return this;
  }

  List<WorkQueue> queues() {
    return List.copyOf(queues.values());
  }

  Optional<Object> get(Class<?> type) {
    return Optional.ofNullable(instances.get(type));
  }

  /** Closes what modules bound, the last first. A failure is logged and does not keep the others open. */
  @Override
  public void close() {
    var closed = Collections.<AutoCloseable>newSetFromMap(new IdentityHashMap<>());
    for (int i = owned.size() - 1; i >= 0; i--) {
      var closeable = owned.get(i);
      if (closed.add(closeable)) {
        close(closeable);
      }
    }
    owned.clear();
  }

  private void add(Class<?> type, Object instance) {
    if (type == DataSource.class) {
      throw new IllegalArgumentException(
          "javax.sql.DataSource cannot be bound: Reprise provides the one of the running transaction");
    }
    if (functions.contains(type)) {
      throw new IllegalArgumentException(
          Labels.of(type) + " is a class of functions, which Reprise makes itself: do not bind it");
    }
    if (!type.isInstance(instance)) {
      throw new IllegalArgumentException(
          "what is bound to " + Labels.of(type) + " is not an instance of it");
    }
    if (instances.putIfAbsent(type, instance) != null) {
      throw new IllegalArgumentException(Labels.of(type) + " is bound already: bind it once");
    }
  }

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      log.warn("closing {} failed", closeable.getClass().getName(), e);
    }
  }
}
