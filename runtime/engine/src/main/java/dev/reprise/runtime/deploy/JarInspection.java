package dev.reprise.runtime.deploy;

import dev.reprise.RegistrationException;
import dev.reprise.Scheduled;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import io.github.classgraph.ClassGraph;
import io.github.classgraph.ClassInfo;
import io.github.classgraph.ClassInfoList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.zip.ZipFile;

/**
 * What a jar holds, found without loading a class of it.
 *
 * @param version names its content: the first 16 hexadecimal digits of its SHA-256
 * @param functionClasses the binary names of the classes with annotated methods, sorted
 * @param hasMigrations whether there is SQL under {@code db/migration}
 */
public record JarInspection(String version, List<String> functionClasses, boolean hasMigrations) {
  /** Where a jar keeps its migrations. */
  public static final String MIGRATIONS = "db/migration/";

  public JarInspection {
    functionClasses = List.copyOf(functionClasses);
  }

  /**
   * Looks into a jar.
   *
   * @throws RegistrationException where it cannot be read, or holds no function
   */
  public static JarInspection of(Path jar) {
    return of(jar, String.valueOf(jar.getFileName()));
  }

  /**
   * Looks into a copy of a jar.
   *
   * @param name what messages call it
   * @throws RegistrationException where it cannot be read, or holds no function
   */
  public static JarInspection of(Path jar, String name) {
    try {
      var version = ContentHash.of(jar);
      boolean hasMigrations = !scripts(jar).isEmpty();
      var classes = functionClasses(jar);
      if (classes.isEmpty()) {
        throw new RegistrationException(name
            + " holds no function: annotate a public method of a public class with @Transaction, @Step or @Workflow,"
            + " and see that the class is in the jar");
      }
      return new JarInspection(version, classes, hasMigrations);
    } catch (IOException e) {
      var refusal = new RegistrationException(name + " is no readable jar: " + e.getMessage());
      refusal.initCause(e);
      throw refusal;
    }
  }

  /** The version that a jar is, without a look into it. */
  public static String version(Path jar) {
    try {
      return ContentHash.of(jar);
    } catch (IOException e) {
      throw new UncheckedIOException(jar + " cannot be read", e);
    }
  }

  /** The names of the scripts that a jar has, sorted. */
  public static List<String> migrations(Path jar) {
    try {
      return scripts(jar);
    } catch (IOException e) {
      throw new UncheckedIOException(jar + " cannot be read", e);
    }
  }

  private static List<String> scripts(Path jar) throws IOException {
    try (var zip = new ZipFile(jar.toFile())) {
      return zip.stream()
          .filter(entry -> !entry.isDirectory()
              && entry.getName().startsWith(MIGRATIONS)
              && entry.getName().endsWith(".sql"))
          .map(entry -> entry.getName().substring(MIGRATIONS.length()))
          .sorted()
          .toList();
    }
  }

  private static List<String> functionClasses(Path jar) {
    var graph = new ClassGraph()
        .overrideClasspath(jar.toString())
        .enableMethodInfo()
        .enableAnnotationInfo()
        .ignoreClassVisibility()
        .ignoreMethodVisibility()
        .disableNestedJarScanning();
    try (var scan = graph.scan(1)) {
      var names = new TreeSet<String>();
      for (var annotation :
          List.of(Transaction.class, Step.class, Workflow.class, Scheduled.class)) {
        var found = scan.getClassesWithMethodAnnotation(annotation.getName());
        found.stream()
            .filter(type -> !isOnlyInherited(type, found))
            .map(ClassInfo::getName)
            .forEach(names::add);
      }
      return List.copyOf(names);
    }
  }

  /** An abstract class is there to be extended: where it is, only its subclasses count. */
  private static boolean isOnlyInherited(ClassInfo type, ClassInfoList found) {
    boolean isAbstract = type.isAbstract() || type.isInterface();
    return isAbstract
        && found.stream()
            .anyMatch(other -> !other.isAbstract() && other.extendsSuperclass(type.getName()));
  }
}
