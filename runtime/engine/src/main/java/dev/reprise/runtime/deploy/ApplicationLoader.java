package dev.reprise.runtime.deploy;

import dev.reprise.RegistrationException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Loads the classes of one jar, its own before those of the server, so that a jar brings its libraries in versions of its
 * own and two versions of a jar live side by side. What server and functions share comes from the server: the JDK, SLF4J,
 * the annotations of Jackson and JSpecify, and Reprise itself ({@code dev.reprise}, {@code .spi}, {@code .runtime}).
 *
 * <p>A resource that the jar has hides those of that name in the server. The file must not change while the loader is
 * open; {@link #close()} gives its handle back. Thread-safe.
 */
public final class ApplicationLoader extends URLClassLoader {
  private static final List<String> SHARED = List.of(
      "java.",
      "javax.",
      "org.slf4j.",
      "org.jspecify.",
      "com.fasterxml.jackson.annotation.",
      "dev.reprise.spi.",
      "dev.reprise.runtime.");

  private static final String API = "dev.reprise.";

  static {
    registerAsParallelCapable();
  }

  private ApplicationLoader(URL jar, ClassLoader server) {
    super("reprise-functions", new URL[] {jar}, server);
  }

  /** A loader of the jar above the server's loader. */
  public static ApplicationLoader of(Path jar, ClassLoader server) {
    try {
      return new ApplicationLoader(jar.toUri().toURL(), server);
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(jar + " has no URL", e);
    }
  }

  /**
   * The classes of those names, not yet initialised.
   *
   * @throws RegistrationException naming the class that cannot be loaded and what it lacks
   */
  public List<Class<?>> load(List<String> names) {
    var classes = new ArrayList<Class<?>>();
    for (var name : names) {
      try {
        classes.add(Class.forName(name, false, this));
      } catch (ClassNotFoundException | LinkageError e) {
        var refusal = new RegistrationException(name + " cannot be loaded (" + e
            + "): put what it needs into the jar, and compile for Java "
            + Runtime.version().feature() + " or older");
        refusal.initCause(e);
        throw refusal;
      }
    }
    return List.copyOf(classes);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      var loaded = findLoadedClass(name);
      if (loaded == null) {
        loaded = isShared(name) ? loadShared(name) : loadOwn(name);
      }
      if (resolve) {
        resolveClass(loaded);
      }
      return loaded;
    }
  }

  @Override
  public @Nullable URL getResource(String name) {
    var own = findResource(name);
    return own == null ? getParent().getResource(name) : own;
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    var own = Collections.list(findResources(name));
    return own.isEmpty() ? getParent().getResources(name) : Collections.enumeration(own);
  }

  private static boolean isShared(String name) {
    boolean isApi = name.startsWith(API) && name.indexOf('.', API.length()) < 0;
    return isApi || SHARED.stream().anyMatch(name::startsWith);
  }

  private Class<?> loadShared(String name) throws ClassNotFoundException {
    try {
      return getParent().loadClass(name);
    } catch (ClassNotFoundException e) {
      return findClass(name);
    }
  }

  private Class<?> loadOwn(String name) throws ClassNotFoundException {
    try {
      return findClass(name);
    } catch (ClassNotFoundException e) {
      return getParent().loadClass(name);
    }
  }
}
