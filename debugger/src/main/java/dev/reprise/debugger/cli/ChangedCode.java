package dev.reprise.debugger.cli;

import dev.reprise.RepriseException;
import dev.reprise.Settings;
import dev.reprise.debugger.replay.RecordedCode;
import dev.reprise.runtime.deploy.JarVersions;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.function.ApplicationBuilder;
import dev.reprise.runtime.store.DeploymentStore;
import dev.reprise.runtime.store.LogDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The jar that is run over the past, with stubs for some of its classes. */
final class ChangedCode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChangedCode.class);
  private final Path jar;
  private final JarVersions versions;
  private final Application application;
  private final Set<Class<?>> stubbed = new LinkedHashSet<>();

  /**
   * Loads it.
   *
   * @param stubs by the names of classes of functions the names of what stands for them, simple or full
   * @throws RepriseException the jar is refused, or has no such classes
   */
  ChangedCode(Path jar, Map<String, String> stubs, LogDatabase log, Settings settings) {
    this.jar = jar;
    this.versions = new JarVersions(new DeploymentStore(log), RecordedCode::application, settings);
    try {
      this.application = versions
          .prepare(jar, (builder, functions, loader) -> stub(stubs, builder, functions, loader))
          .application();
    } catch (RuntimeException e) {
      versions.close();
      throw e;
    }
  }

  private void stub(
      Map<String, String> stubs,
      ApplicationBuilder builder,
      List<Class<?>> functions,
      ClassLoader loader) {
    var instances = new LinkedHashMap<Class<?>, Object>();
    stubs.forEach((name, standIn) -> {
      var type = functions.stream()
          .filter(function ->
              function.getName().equals(name) || function.getSimpleName().equals(name))
          .findFirst()
          .orElseThrow(() -> new RepriseException("--stub " + name
              + ": there is no class of functions of that name in " + jar.getFileName()));
      instances.put(type, instance(name, standIn, type, loader));
    });
    stubbed.addAll(instances.keySet());
    builder.stubs(instances);
  }

  private Object instance(String name, String standIn, Class<?> type, ClassLoader loader) {
    for (var candidate : List.of(standIn, type.getPackageName() + "." + standIn)) {
      try {
        return Class.forName(candidate, true, loader).getConstructor().newInstance();
      } catch (ClassNotFoundException e) {
        LOG.debug("there is no class {}", candidate, e);
      } catch (ReflectiveOperationException e) {
        throw new RepriseException(
            "--stub " + name + "=" + standIn + ": " + candidate
                + " cannot be made; it needs to be public, with a public constructor without parameters ("
                + e + ")",
            e);
      }
    }
    throw new RepriseException("--stub " + name + "=" + standIn + ": there is no class " + standIn
        + " in " + jar.getFileName());
  }

  Application application() {
    return application;
  }

  /** The functions that stubs stand for. */
  Set<String> stubs() {
    var names = new LinkedHashSet<String>();
    stubbed.forEach(type ->
        application.definitionsOf(type).forEach(definition -> names.add(definition.name())));
    return names;
  }

  Path jar() {
    return jar;
  }

  String name() {
    return String.valueOf(jar.getFileName());
  }

  byte[] content() {
    try {
      return Files.readAllBytes(jar);
    } catch (IOException e) {
      throw new UncheckedIOException("the jar " + jar + " cannot be read", e);
    }
  }

  @Override
  public void close() {
    application.close();
    versions.close();
  }
}
