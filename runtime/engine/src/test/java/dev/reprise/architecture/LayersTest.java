package dev.reprise.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The map of the packages, as {@code ARCHITECTURE.md} draws it, holds. */
class LayersTest {
  private static final String RUNTIME = "dev.reprise.runtime";

  /** A package uses only those before it. */
  private static final List<String> LAYERS = List.of(
      "config",
      "telemetry",
      "json",
      "postgres",
      "store",
      "function",
      "deploy",
      "execution",
      "background",
      "record",
      "security",
      "http",
      "client",
      "server",
      "cli");

  /** Libraries that are behind one or two packages, so that they can be replaced there. */
  private static final Map<String, Set<String>> OWNERS = Map.of(
      "tools.jackson", Set.of(RUNTIME + ".json"),
      "com.fasterxml.jackson", Set.of(RUNTIME + ".json"),
      "io.zonky", Set.of(RUNTIME + ".postgres"),
      "org.testcontainers", Set.of(RUNTIME + ".postgres"),
      "com.zaxxer.hikari", Set.of(RUNTIME + ".postgres"),
      "org.flywaydb", Set.of(RUNTIME + ".postgres"),
      "net.bytebuddy", Set.of(RUNTIME + ".function"),
      "io.javalin", Set.of(RUNTIME + ".http", RUNTIME + ".server"),
      "org.eclipse.jetty", Set.of(RUNTIME + ".http", RUNTIME + ".server"),
      "picocli", Set.of(RUNTIME + ".cli"));

  private static final Set<String> OF_THE_API =
      Set.of("java", "javax.sql", "org.jspecify.annotations", "org.slf4j", "dev.reprise");

  /** Properties that the JVM itself sets, which tell about the machine, are no settings. */
  private static final Pattern READS_SETTINGS = Pattern.compile(
      "System\\.(getenv|getProperties)\\b|Boolean\\.getBoolean\\(|(Integer\\.getInteger|Long\\.getLong)\\("
          + "|System\\.getProperty\\((?!\"(os|java|user|file|path|line)\\.)|new Properties\\(");

  private static final Pattern SQL_ON_THE_LOG =
      Pattern.compile("(?i)\\b(from|into|update|join|only|table)\\s+reprise\\.[a-z_]+");

  private static final JavaClasses CLASSES = new ClassFileImporter()
      .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
      .importPackages("dev.reprise");

  private static final List<Use> USES =
      CLASSES.stream().flatMap(LayersTest::uses).toList();

  private static Stream<Use> uses(JavaClass user) {
    return user.getDirectDependenciesFromSelf().stream()
        .map(dependency -> new Use(
            user.getPackageName(),
            dependency.getTargetClass().getBaseComponentType().getPackageName(),
            dependency.getDescription()))
        .filter(use -> !use.to().isEmpty());
  }

  @Test
  void aPackageOfTheRuntimeUsesOnlyThoseAboveIt() {
    assertThat(USES).anyMatch(use -> use.from().startsWith(RUNTIME));
    assertThat(Use.againstLayers(USES, RUNTIME, LAYERS)).isEmpty();
  }

  @Test
  void packagesOfTheRuntimeHaveNoCycles() {
    var within = USES.stream().filter(use -> Use.isIn(use.from(), RUNTIME)).toList();

    assertThat(Use.inCycles(within)).isEmpty();
  }

  @Test
  void aLibraryIsUsedByItsOwnersOnly() {
    assertThat(Use.byOthersThanOwners(USES, OWNERS)).isEmpty();
  }

  @Test
  void theApiNeedsNothingButAnnotationsAndALoggingInterface() {
    var ofApi = USES.stream()
        .filter(use -> use.from().equals("dev.reprise") || use.from().equals("dev.reprise.spi"))
        .toList();

    assertThat(ofApi).isNotEmpty();
    assertThat(ofApi).allMatch(use -> OF_THE_API.stream().anyMatch(it -> Use.isIn(use.to(), it)));
    assertThat(ofApi).noneMatch(use -> Use.isIn(use.to(), RUNTIME));
  }

  @Test
  void onlyConfigReadsSettings() throws IOException {
    assertThat(JavaSource.all().stream()
            .filter(source -> source.isMain("runtime/engine"))
            .filter(source -> !Use.isIn(source.packageName(), RUNTIME + ".config"))
            .filter(source -> READS_SETTINGS.matcher(source.text()).find())
            .map(JavaSource::file))
        .isEmpty();
  }

  @Test
  void onlyTheStoreSpeaksSqlToTheSchemaOfTheRuntime() throws IOException {
    assertThat(JavaSource.all().stream()
            .filter(source -> source.isMain("runtime/engine"))
            .filter(source -> !source.packageName().startsWith(RUNTIME + ".store"))
            .filter(source -> SQL_ON_THE_LOG.matcher(source.text()).find())
            .map(JavaSource::file))
        .isEmpty();
  }

  @Test
  void noPackageOfTheRepositoryIsInACycle() throws IOException {
    var main = JavaSource.all().stream().filter(source -> source.isMain("")).toList();
    var packages = main.stream().map(JavaSource::packageName).toList();
    var uses = main.stream()
        .flatMap(JavaSource::imports)
        .filter(use -> packages.contains(use.to()))
        // The API reaches the engine through the unpublished spi, which speaks in terms of the API.
        .filter(use -> !(use.from().equals("dev.reprise") && use.to().equals("dev.reprise.spi")))
        .toList();

    assertThat(uses).anyMatch(use -> use.from().equals("dev.reprise.spi"));
    assertThat(Use.inCycles(uses)).isEmpty();
  }

  @Test
  void aUseAgainstTheLayersIsFound() {
    var up = new Use("r.c.deep", "r.a", "");
    var down = new Use("r.a", "r.c", "");
    var within = new Use("r.a", "r.a.deep", "");
    var strange = new Use("r.a", "r.unknown", "");
    var outside = new Use("r.a", "java.util", "");

    assertThat(Use.againstLayers(
            List.of(up, down, within, strange, outside), "r", List.of("a", "b", "c")))
        .containsExactly(down, strange);
  }

  @Test
  void aCycleIsFound() {
    var into = new Use("z", "a", "");
    var there = new Use("a", "b", "");
    var on = new Use("b", "c", "");
    var back = new Use("c", "a", "");
    var outOf = new Use("c", "d", "");

    assertThat(Use.inCycles(List.of(into, there, on, back, outOf)))
        .containsExactly(there, on, back);
    assertThat(Use.inCycles(List.of(into, there, on, outOf, new Use("a", "a", ""))))
        .isEmpty();
  }

  @Test
  void aForeignUseOfALibraryIsFound() {
    var owned = new Use("r.json.deep", "lib.core", "");
    var foreign = new Use("r.jsonx", "lib", "");
    var other = new Use("r.http", "library", "");

    assertThat(
            Use.byOthersThanOwners(List.of(owned, foreign, other), Map.of("lib", Set.of("r.json"))))
        .containsExactly(foreign);
  }

  @Test
  void sqlOnTheLogAndReadersOfSettingsAreRecognised() {
    assertThat(SQL_ON_THE_LOG.matcher("select 1 from  reprise.executions").find())
        .isTrue();
    assertThat(SQL_ON_THE_LOG.matcher("select 1 from reprise_history.changes").find())
        .isFalse();
    assertThat(READS_SETTINGS.matcher("System.getenv(NAME)").find()).isTrue();
    assertThat(READS_SETTINGS.matcher("System.getProperty(NAME)").find()).isTrue();
    assertThat(READS_SETTINGS.matcher("System.getProperty(\"reprise.home\")").find())
        .isTrue();
    assertThat(READS_SETTINGS.matcher("Boolean.getBoolean(\"reprise.fast\")").find())
        .isTrue();
    assertThat(READS_SETTINGS.matcher("System.getProperty(\"os.name\")").find()).isFalse();
  }
}
