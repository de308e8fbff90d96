package dev.reprise.runtime.function;

import dev.reprise.FunctionModule;
import dev.reprise.RegistrationException;
import dev.reprise.Settings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Collects what an {@link Application} needs. Not thread-safe. */
public final class ApplicationBuilder {
  private final List<Class<?>> functions = new ArrayList<>();
  private final Map<Class<?>, Object> bindings = new LinkedHashMap<>();
  private final Map<Class<?>, Object> stubs = new LinkedHashMap<>();
  private @Nullable ClassLoader modules;
  private Settings settings = ApplicationSettings.NONE;
  private @Nullable DataSource database;
  private @Nullable Interceptor durable;
  private @Nullable Interceptor client;
  private @Nullable String version;

  ApplicationBuilder() {}

  /** Classes with annotated methods. */
  public ApplicationBuilder functions(Collection<Class<?>> classes) {
    functions.addAll(classes);
    return this;
  }

  /** Objects to inject by exact type. They are not closed with the application. */
  public ApplicationBuilder bind(Map<Class<?>, Object> objects) {
    bindings.putAll(objects);
    return this;
  }

  /** Lets the {@link FunctionModule} that is defined by this loader, if there is one, bind objects. */
  public ApplicationBuilder moduleOf(ClassLoader jar) {
    modules = jar;
    return this;
  }

  /** What the module may read; nothing unless set. */
  public ApplicationBuilder settings(Settings given) {
    settings = given;
    return this;
  }

  /** What is injected as {@link DataSource}. */
  public ApplicationBuilder database(DataSource boundToTransaction) {
    database = boundToTransaction;
    return this;
  }

  /** Receives the calls on injected instances and on {@code this}. */
  public ApplicationBuilder durable(Interceptor interceptor) {
    durable = interceptor;
    return this;
  }

  /** Receives the calls on instances for clients. */
  public ApplicationBuilder client(Interceptor interceptor) {
    client = interceptor;
    return this;
  }

  /** Pins the functions to a deployment. */
  public ApplicationBuilder version(@Nullable String deployment) {
    version = deployment;
    return this;
  }

  /**
   * Objects that stand for classes of functions: they have the same public methods, as subclasses or not. The class's
   * constructor does not run; its functions are as durable as ever, but run the methods of the stub.
   */
  public ApplicationBuilder stubs(Map<Class<?>, Object> objects) {
    stubs.putAll(objects);
    return this;
  }

  /**
   * Checks the classes and makes their instances.
   *
   * @throws RegistrationException for what cannot be made durable or constructed; the message names the remedy
   */
  public Application build() {
    if (functions.isEmpty()) {
      throw new RegistrationException(
          "there are no functions: give at least one class with annotated methods");
    }
    for (var stubbed : stubs.keySet()) {
      if (!functions.contains(stubbed)) {
        throw new RegistrationException("the stub for " + Labels.of(stubbed)
            + " stands for no registered class of functions: register the class too");
      }
    }
    return new Application(this);
  }

  List<Class<?>> functions() {
    return functions;
  }

  Map<Class<?>, Object> stubs() {
    return Map.copyOf(stubs);
  }

  @Nullable
  DataSource database() {
    return database;
  }

  @Nullable
  String version() {
    return version;
  }

  Interceptor durable() {
    return required(durable, "durable");
  }

  Interceptor client() {
    return required(client, "client");
  }

  ClassLoader loader() {
    var loader = modules == null ? functions.get(0).getClassLoader() : modules;
    return loader == null ? ClassLoader.getSystemClassLoader() : loader;
  }

  BoundObjects bound(Set<Class<?>> classes) {
    try {
      var bound = new BoundObjects(bindings, classes);
      if (modules != null) {
        configure(bound, modules);
      }
      return bound;
    } catch (IllegalArgumentException e) {
      throw Labels.refuse(String.valueOf(e.getMessage()), e);
    }
  }

  private void configure(BoundObjects bound, ClassLoader jar) {
    var found = modules(jar);
    if (found.size() > 1) {
      throw new RegistrationException(found.stream()
          .map(module -> Labels.of(module.getClass()))
          .collect(Collectors.joining(
              " and ", "", " are both modules: keep one FunctionModule in a jar")));
    }
    for (var module : found) {
      try {
        module.configure(bound, settings);
      } catch (RuntimeException e) {
        bound.close();
        throw Labels.refuse(
            "the module " + Labels.of(module.getClass()) + " failed: " + e.getMessage(), e);
      }
    }
  }

  private static List<FunctionModule> modules(ClassLoader jar) {
    try {
      return ServiceLoader.load(FunctionModule.class, jar).stream()
          .filter(provider -> provider.type().getClassLoader() == jar)
          .map(ServiceLoader.Provider::get)
          .toList();
    } catch (ServiceConfigurationError e) {
      throw Labels.refuse("the FunctionModule cannot be loaded: " + e.getMessage(), e);
    }
  }

  private static Interceptor required(@Nullable Interceptor interceptor, String name) {
    if (interceptor == null) {
      throw new IllegalStateException("the interceptor for " + name + " calls is not set");
    }
    return interceptor;
  }
}
