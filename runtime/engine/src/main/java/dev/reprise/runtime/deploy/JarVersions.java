package dev.reprise.runtime.deploy;

import dev.reprise.RepriseException;
import dev.reprise.Settings;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.function.ApplicationBuilder;
import dev.reprise.runtime.store.DeploymentStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the versions that the database keeps, each in a class loader of its own, from copies in a directory that ends
 * with it. Thread-safe.
 */
public final class JarVersions implements Catalog.VersionLoader {
  private static final Logger LOG = LoggerFactory.getLogger(JarVersions.class);

  private final DeploymentStore store;
  private final Supplier<ApplicationBuilder> builder;
  private final Settings settings;
  private final JarDirectory directory;
  private final JarCache cache;
  private final Map<String, Application> prepared = new ConcurrentHashMap<>();
  private final List<ApplicationLoader> loaders = new CopyOnWriteArrayList<>();

  /**
   * Of the jars in the store.
   *
   * @param builder begins an application whose calls reach this node
   * @param settings what the modules of the jars may read
   */
  public JarVersions(
      DeploymentStore store, Supplier<ApplicationBuilder> builder, Settings settings) {
    this.store = store;
    this.builder = builder;
    this.settings = settings;
    this.directory = JarDirectory.create();
    this.cache = new JarCache(directory.path());
  }

  /**
   * A jar that was found fit, but is not kept yet.
   *
   * @param name the file's, for people
   * @param file a copy that nobody changes
   */
  public record Prepared(String name, Path file, Application application) {
    /** The hash of its content. */
    public String version() {
      return String.valueOf(application.version());
    }

    /** The jar. */
    public byte[] content() {
      try {
        return Files.readAllBytes(file);
      } catch (IOException e) {
        throw new UncheckedIOException("the copy of " + name + " cannot be read", e);
      }
    }
  }

  /** Has a say in how an application is built. */
  @FunctionalInterface
  public interface Customization {
    /** None. */
    Customization NONE = (builder, functions, loader) -> {};

    /**
     * The application is about to be built.
     *
     * @param functions the classes of functions in the jar
     * @throws RepriseException it cannot be built so; the message says why
     */
    void customize(ApplicationBuilder builder, List<Class<?>> functions, ClassLoader loader);
  }

  /**
   * Makes the application of a jar, to be had by {@link #load} from now on.
   *
   * @throws RepriseException where it cannot be read or is refused; the message names the jar and what to do
   */
  public Prepared prepare(Path jar) {
    return prepare(jar, Customization.NONE);
  }

  /** The same, with changes. */
  public Prepared prepare(Path jar, Customization customization) {
    return prepare(jar, String.valueOf(jar.getFileName()), customization);
  }

  /**
   * Makes the application of a jar that came without a file of its own name.
   *
   * @param name what messages call it
   * @throws RepriseException where it cannot be read or is refused; the message names the jar and what to do
   */
  public Prepared prepare(Path jar, String name) {
    return prepare(jar, name, Customization.NONE);
  }

  private Prepared prepare(Path jar, String name, Customization customization) {
    try {
      var file = cache.put(jar);
      var application = build(file, name, customization);
      prepared.put(String.valueOf(application.version()), application);
      return new Prepared(name, file, application);
    } catch (IOException e) {
      throw new RepriseException("the jar " + jar + " cannot be read: " + reason(e), e);
    }
  }

  @Override
  public Application load(String version) {
    var ready = prepared.remove(version);
    if (ready != null) {
      return ready;
    }
    LOG.info("loading version {}", version);
    return build(file(version), "version " + version, Customization.NONE);
  }

  /**
   * A copy of the jar of a kept version.
   *
   * @throws RepriseException where it is not kept; the message says what is needed
   */
  public Path file(String version) {
    return cache.put(store
        .jar(version)
        .orElseThrow(() -> new RepriseException("version " + version
            + " of the functions is needed, and this database does not keep it: start a node with its jar,"
            + " the one whose SHA-256 begins with " + version)));
  }

  private Application build(Path file, String name, Customization customization) {
    var inspection = JarInspection.of(file, name);
    var loader = ApplicationLoader.of(file, JarVersions.class.getClassLoader());
    loaders.add(loader);
    try {
      var functions = List.copyOf(loader.load(inspection.functionClasses()));
      var application = builder
          .get()
          .functions(functions)
          .moduleOf(loader)
          .settings(settings)
          .version(inspection.version());
      customization.customize(application, functions, loader);
      return application.build();
    } catch (RepriseException e) {
      throw new RepriseException(name + " is refused: " + e.getMessage(), e);
    }
  }

  /** Gives up an application that was prepared and that nobody has loaded since. */
  public void discard(String version) {
    var unused = prepared.remove(version);
    if (unused != null) {
      unload(unused);
    }
  }

  @Override
  public void unload(Application application) {
    application.close();
    if (application.loader() instanceof ApplicationLoader loader && loaders.remove(loader)) {
      try {
        loader.close();
        boolean shared =
            loaders.stream().anyMatch(other -> Arrays.equals(other.getURLs(), loader.getURLs()));
        if (!shared) {
          cache.remove(String.valueOf(application.version()));
        }
      } catch (IOException e) {
        LOG.warn("the jar of version {} cannot be closed", application.version(), e);
      }
    }
  }

  @Override
  public void close() {
    prepared.values().forEach(Application::close);
    try {
      for (var loader : loaders) {
        loader.close();
      }
    } catch (IOException e) {
      LOG.warn("a jar in {} cannot be closed", directory.path(), e);
    }
    directory.close();
  }

  private static String reason(IOException e) {
    return e instanceof NoSuchFileException ? "there is no such file" : e.toString();
  }
}
