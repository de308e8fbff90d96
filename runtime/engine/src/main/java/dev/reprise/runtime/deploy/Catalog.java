package dev.reprise.runtime.deploy;

import dev.reprise.RepriseException;
import dev.reprise.WorkQueue;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.function.FunctionDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The code that this node can run: for new calls the active applications, for old executions any version that was kept.
 * Thread-safe.
 */
public final class Catalog implements AutoCloseable {
  private final Map<String, Application> versions = new ConcurrentHashMap<>();
  private final VersionLoader loader;
  private volatile List<Application> active = List.of();

  /** When a version was asked for last, by {@link System#nanoTime()}. */
  private final Map<String, Long> used = new ConcurrentHashMap<>();

  /** Not given out any more; somebody may just have been given one. */
  private final List<Application> retired = new ArrayList<>();

  /** With a way to load versions on demand. */
  public Catalog(VersionLoader loader) {
    this.loader = loader;
  }

  /** Loads a kept version of the code. */
  @FunctionalInterface
  public interface VersionLoader extends AutoCloseable {
    /** For a node that loads none. */
    VersionLoader NONE = version -> {
      throw new RepriseException(
          "version " + version + " is not part of this application; start a node that has it");
    };

    /**
     * Loads it.
     *
     * @throws RepriseException where it is not kept or does not load; the message says what is needed
     */
    Application load(String version);

    /** Closes an application that it loaded, so that its classes are forgotten. */
    default void unload(Application application) {
      application.close();
    }

    /** Called after the applications are closed. */
    @Override
    default void close() {}
  }

  /** A function with the application it belongs to. */
  public record Entry(Application application, FunctionDefinition function) {}

  /**
   * Makes an application the one that new calls of its functions go to.
   *
   * @throws RepriseException where another active application has a function of the same name
   */
  public synchronized void activate(Application application, Collection<Application> insteadOf) {
    var remaining = new ArrayList<>(active);
    remaining.removeAll(insteadOf);
    remaining.add(application);
    activateOnly(remaining);
  }

  /**
   * Makes these applications, and no others, those that new calls go to.
   *
   * @throws RepriseException where two of them have a function of the same name
   */
  public synchronized void activateOnly(List<Application> applications) {
    var owners = new HashMap<String, Application>();
    for (Application application : applications) {
      for (FunctionDefinition function : application.definitions()) {
        var other = owners.put(function.name(), application);
        if (other != null) {
          throw new RepriseException("the function " + function.name()
              + " is in two active deployments (" + other.version() + " and "
              + application.version() + "); rename one with @Function");
        }
      }
      if (application.version() != null) {
        versions.put(application.version(), application);
      }
    }
    for (Application before : active) {
      if (before.version() != null) {
        used.put(before.version(), System.nanoTime()); // a call may just have found it
      }
    }
    active = List.copyOf(applications);
  }

  /**
   * The application of a version, loaded where it was not yet.
   *
   * @throws RepriseException where it cannot be had here; the message says what is needed
   */
  public Application version(String version) {
    used.put(version, System.nanoTime());
    var application = versions.get(version);
    return application == null ? versions.computeIfAbsent(version, loader::load) : application;
  }

  /**
   * Closes what was loaded for old executions and is not needed now, so that classes do not pile up: what was retired by a
   * call before and runs nowhere is closed, what has not been asked for in that time is retired.
   *
   * @param running whether an execution of the version runs here
   */
  public synchronized void closeUnused(Predicate<String> running, Duration idle) {
    for (var application : List.copyOf(retired)) {
      if (!running.test(String.valueOf(application.version()))) {
        retired.remove(application);
        loader.unload(application);
      }
    }
    long now = System.nanoTime();
    versions.forEach((version, application) -> {
      boolean idles = now - used.getOrDefault(version, now) >= idle.toNanos();
      if (idles && !active.contains(application) && !running.test(version)) {
        versions.remove(version);
        used.remove(version);
        retired.add(application);
      }
    });
  }

  /** The function that new calls of this name reach. */
  public Optional<Entry> active(String name) {
    for (Application application : active) {
      var function = application.find(name);
      if (function.isPresent()) {
        return Optional.of(new Entry(application, function.get()));
      }
    }
    return Optional.empty();
  }

  /** The functions that can be called, by name. */
  public List<FunctionDefinition> activeFunctions() {
    return active.stream()
        .flatMap(application -> application.definitions().stream())
        .sorted(Comparator.comparing(FunctionDefinition::name))
        .toList();
  }

  /** The queues that the active applications declare; of those of one name the first. */
  public List<WorkQueue> queues() {
    var byName = new LinkedHashMap<String, WorkQueue>();
    active.stream()
        .flatMap(application -> application.queues().stream())
        .forEach(queue -> byName.putIfAbsent(queue.name(), queue));
    return List.copyOf(byName.values());
  }

  /** The active application with this class of functions. */
  public Optional<Application> applicationOf(Class<?> functions) {
    return active.stream()
        .filter(application -> application.definitions().stream()
            .anyMatch(
                function -> function.method().getDeclaringClass().isAssignableFrom(functions)))
        .findFirst();
  }

  /** Names of the functions whose executions carry no version. */
  public List<String> unpinned() {
    return active.stream()
        .filter(application -> application.version() == null)
        .flatMap(application -> application.definitions().stream())
        .map(FunctionDefinition::name)
        .toList();
  }

  /**
   * The code of an execution.
   *
   * @param version null for executions that are not pinned
   * @throws RepriseException where it cannot be had here; the message says what is needed
   */
  public Entry find(@Nullable String version, String function) {
    if (version == null) {
      return active(function)
          .orElseThrow(() -> new RepriseException("no function " + function + " on this node"));
    }
    var application = version(version);
    var found = application.find(function);
    if (found.isEmpty()) {
      throw new RepriseException("version " + version + " has no function " + function);
    }
    return new Entry(application, found.get());
  }

  @Override
  public synchronized void close() {
    versions.values().forEach(Application::close);
    retired.forEach(Application::close);
    active.stream()
        .filter(application -> application.version() == null)
        .forEach(Application::close);
    loader.close();
  }
}
