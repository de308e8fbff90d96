package dev.reprise.debugger.retro;

import dev.reprise.RepriseException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * In what two jars of functions differ, and which functions that can reach: those whose class changed, or one that it refers
 * to, by whatever many steps. Who refers to a type refers to all that extend it. Resources, migrations, services and modules
 * reach every function. Code that is not in the jars is taken to be the same. Immutable.
 */
public final class CodeChange {
  private static final String CLASS = ".class";
  private static final String SERVICES = "META-INF/services/";
  private static final String MODULE = "dev.reprise.FunctionModule";
  /** Nobody gets an object of a subtype because of naming one of these. */
  private static final Set<String> COMMON = Set.of(
      "java.lang.Object",
      "java.lang.Record",
      "java.lang.Enum",
      "java.lang.Throwable",
      "java.lang.Exception",
      "java.lang.RuntimeException",
      "java.lang.Error",
      "java.lang.Comparable",
      "java.io.Serializable");

  private final Set<String> changed;
  private final Set<String> known;
  private final @Nullable String everything;
  private final Map<String, Set<String>> references;

  private CodeChange(
      Set<String> changed,
      Set<String> known,
      @Nullable String everything,
      Map<String, Set<String>> references) {
    this.changed = Set.copyOf(changed);
    this.known = known;
    this.everything = everything;
    this.references = references;
  }

  /** A jar's content. */
  private record Jar(Map<String, byte[]> classes, Map<String, byte[]> resources) {
    static Jar read(byte[] bytes, String which) {
      var jar = new Jar(new TreeMap<>(), new TreeMap<>());
      try (var zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
        for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
          if (!entry.isDirectory()) {
            (isClass(entry.getName()) ? jar.classes : jar.resources)
                .put(entry.getName(), zip.readAllBytes());
          }
        }
      } catch (IOException e) {
        throw new RepriseException("the " + which + " jar cannot be read: " + e.getMessage(), e);
      }
      if (jar.classes.isEmpty() && jar.resources.isEmpty()) {
        throw new RepriseException("the " + which + " jar is empty, or is no jar");
      }
      return jar;
    }

    private static boolean isClass(String name) {
      return name.endsWith(CLASS)
          && !name.startsWith("META-INF/")
          && !name.endsWith("package-info.class")
          && !name.endsWith("module-info.class");
    }
  }

  /**
   * Compares two jars.
   *
   * @throws RepriseException one of them is no jar, or has a class that cannot be read
   */
  public static CodeChange between(byte[] before, byte[] after) {
    if (Arrays.equals(before, after)) {
      return new CodeChange(Set.of(), Set.of(), null, Map.of());
    }
    var was = Jar.read(before, "old");
    var is = Jar.read(after, "new");
    var classes = new ArrayList<ClassFile>();
    var changed = new TreeSet<String>();
    collect(was, is, classes, changed);
    collect(is, was, classes, changed);
    var known = new HashSet<String>();
    classes.forEach(file -> known.add(file.name()));
    var references = references(classes, known);
    return new CodeChange(
        changed, known, reachesAll(was, is, classes, changed, references), references);
  }

  private static void collect(Jar jar, Jar other, List<ClassFile> classes, Set<String> changed) {
    for (var entry : jar.classes().entrySet()) {
      var read = read(entry.getKey(), entry.getValue());
      classes.add(read);
      if (!Arrays.equals(entry.getValue(), other.classes().get(entry.getKey()))) {
        changed.add(read.name());
      }
    }
  }

  private static ClassFile read(String entry, byte[] bytes) {
    try {
      return ClassFile.read(bytes);
    } catch (IOException | RuntimeException e) {
      throw new RepriseException("the class " + entry + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Map<String, Set<String>> references(List<ClassFile> classes, Set<String> known) {
    var subtypes = new HashMap<String, Set<String>>();
    for (var file : classes) {
      for (var supertype : file.supertypes()) {
        if (!COMMON.contains(supertype)) {
          subtypes.computeIfAbsent(supertype, it -> new HashSet<>()).add(file.name());
        }
      }
    }
    var references = new HashMap<String, Set<String>>();
    subtypes.forEach((supertype, found) -> references.put(supertype, new HashSet<>(found)));
    for (var file : classes) {
      var mentioned = references.computeIfAbsent(file.name(), it -> new HashSet<>());
      file.mentioned().stream()
          .filter(name -> known.contains(name) || subtypes.containsKey(name))
          .forEach(mentioned::add);
    }
    return references;
  }

  /** What there is that reaches every function, in words; null for nothing. */
  private static @Nullable String reachesAll(
      Jar was,
      Jar is,
      List<ClassFile> classes,
      Set<String> changed,
      Map<String, Set<String>> references) {
    var resources = new TreeSet<>(was.resources().keySet());
    resources.addAll(is.resources().keySet());
    for (var resource : resources) {
      if (!isOfTheBuild(resource)
          && !Arrays.equals(was.resources().get(resource), is.resources().get(resource))) {
        return resource + " changed";
      }
    }
    for (var file : classes) {
      if (changed.contains(file.name())
          && isModule(outermost(file.name()), classes, new HashSet<>())) {
        return "the module " + file.name() + " changed";
      }
    }
    for (var provider : providers(is, classes)) {
      var met = firstMet(provider, changed, references);
      if (met != null) {
        return "the service " + provider + " uses " + met + ", which changed";
      }
    }
    return null;
  }

  private static boolean isOfTheBuild(String resource) {
    return resource.equals("META-INF/MANIFEST.MF") || resource.startsWith("META-INF/maven/");
  }

  private static String outermost(String name) {
    int nested = name.indexOf('$', 1);
    return nested < 0 ? name : name.substring(0, nested);
  }

  private static boolean isModule(String name, List<ClassFile> classes, Set<String> seen) {
    return seen.add(name)
        && classes.stream()
            .filter(file -> file.name().equals(name))
            .flatMap(file -> file.supertypes().stream())
            .anyMatch(type -> type.equals(MODULE) || isModule(type, classes, seen));
  }

  /** Those that the jar's services name, beside modules. */
  private static Set<String> providers(Jar jar, List<ClassFile> classes) {
    var found = new TreeSet<String>();
    jar.resources().forEach((name, bytes) -> {
      if (name.startsWith(SERVICES)) {
        new String(bytes, java.nio.charset.StandardCharsets.UTF_8)
            .lines()
            .map(line -> line.replaceFirst("#.*", "").strip())
            .filter(line -> !line.isEmpty() && !isModule(line, classes, new HashSet<>()))
            .forEach(found::add);
      }
    });
    return found;
  }

  private static @Nullable String firstMet(
      String from, Set<String> wanted, Map<String, Set<String>> references) {
    var seen = new HashSet<String>();
    var next = new ArrayDeque<String>();
    next.add(from);
    while (!next.isEmpty()) {
      var name = next.remove();
      if (wanted.contains(name)) {
        return name;
      }
      if (seen.add(name)) {
        next.addAll(new TreeSet<>(references.getOrDefault(name, Set.of())));
      }
    }
    return null;
  }

  /** Whether a function of that class may do something else now; also where neither jar has it. */
  public boolean reaches(String functionClass) {
    return why(functionClass) != null;
  }

  /** Why it may, in words; null where it may not. */
  public @Nullable String why(String functionClass) {
    if (everything != null) {
      return everything;
    }
    if (changed.isEmpty()) {
      return null;
    }
    if (!known.contains(functionClass)) {
      return functionClass + " is in neither jar";
    }
    var met = firstMet(functionClass, changed, references);
    return met == null
        ? null
        : met.equals(functionClass) ? met + " changed" : "it uses " + met + ", which changed";
  }

  /** The classes that differ, appeared or vanished, by their binary names; sorted. */
  public Set<String> changedClasses() {
    return new TreeSet<>(changed);
  }
}
