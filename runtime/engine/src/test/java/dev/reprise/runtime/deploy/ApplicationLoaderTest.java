package dev.reprise.runtime.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.RegistrationException;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.function.ApplicationSettings;
import dev.reprise.runtime.json.ExceptionCodec;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationLoaderTest {
  private static final ClassLoader SERVER = ApplicationLoaderTest.class.getClassLoader();

  private static final String GREETER = """
      package shop;
      import dev.reprise.*;
      public class Greeter {
        public Greeter(Greeting greeting) { this.greeting = greeting; }
        private final Greeting greeting;
        @Transaction public String greet(Visitor visitor) throws Rude {
          if (visitor.name().isEmpty()) throw new Rude("who?");
          return greeting.text() + visitor.name();
        }
        @Step public String twice(String name) throws Rude {
          return greet(new Visitor(name)) + greet(new Visitor(name));
        }
      }
      record Visitor(String name) {}
      """;

  @TempDir
  Path directory;

  private JarCache cache = new JarCache(Path.of("unset"));

  @BeforeEach
  void openCache() {
    cache = new JarCache(directory.resolve("jars"));
  }

  private Path greeter(String greeting) throws IOException {
    return cache.put(new JarBuilder()
        .source("shop.Greeter", GREETER)
        .source(
            "shop.Greeting",
            "package shop; public record Greeting(String text) implements AutoCloseable {"
                + " public static int closed; public void close() { closed++; } }")
        .source(
            "shop.Rude",
            "package shop; public class Rude extends Exception { Rude(String m) { super(m); } }")
        .source("shop.Setup", """
            package shop;
            import dev.reprise.*;
            public class Setup implements FunctionModule {
              public void configure(Bindings bindings, Settings settings) {
                bindings.bind(Greeting.class, new Greeting("%s" + settings.get("MARK").orElse("")));
              }
            }
            """.formatted(greeting))
        .resource("META-INF/services/dev.reprise.FunctionModule", "shop.Setup\n")
        .resource("db/migration/V1__visitors.sql", "create table visitors (name text)")
        .build(directory));
  }

  private static Application application(ApplicationLoader loader, JarInspection jar) {
    return Application.builder()
        .functions(loader.load(jar.functionClasses()))
        .moduleOf(loader)
        .settings(new ApplicationSettings(
            name -> name.equals("REPRISE_APP_MARK") ? Optional.of("! ") : Optional.empty(),
            file -> file))
        .durable((function, arguments, body) -> body.run(arguments))
        .client((function, arguments, body) -> body.run(arguments))
        .version(jar.version())
        .build();
  }

  private static String greet(Application application, String name) throws Throwable {
    var greet = application.find("Greeter.greet").orElseThrow();
    var arguments = application
        .codec()
        .decodeArguments(
            "[{\"name\":\"" + name + "\"}]", List.of(greet.parameters().get(0).type()));
    return String.valueOf(application.invoke(greet, arguments.toArray()));
  }

  @Test
  void aJarIsInspectedWithoutLoadingIt() throws IOException {
    var jar = JarInspection.of(greeter("Hello"));
    assertThat(jar.functionClasses()).containsExactly("shop.Greeter");
    assertThat(jar.hasMigrations()).isTrue();
    assertThat(jar.version()).matches("[0-9a-f]{16}");
    assertThat(JarInspection.of(greeter("Hello"))).isEqualTo(jar);
    assertThat(JarInspection.of(greeter("Bye")).version()).isNotEqualTo(jar.version());
  }

  @Test
  void twoVersionsOfAClassRunSideBySide() throws Throwable {
    var hello = greeter("Hello");
    var bye = greeter("Bye");
    try (var first = ApplicationLoader.of(hello, SERVER);
        var second = ApplicationLoader.of(bye, SERVER);
        var old = application(first, JarInspection.of(hello));
        var young = application(second, JarInspection.of(bye))) {
      assertThat(greet(old, "Ann")).isEqualTo("Hello! Ann");
      assertThat(greet(young, "Ann")).isEqualTo("Bye! Ann");
      assertThat(old.version()).isNotEqualTo(young.version());
    }
  }

  @Test
  void callsOnThisAndNamesOfParametersWorkInAJar() throws Throwable {
    var hello = greeter("Hello");
    try (var loader = ApplicationLoader.of(hello, SERVER);
        var application = application(loader, JarInspection.of(hello))) {
      var twice = application.find("Greeter.twice").orElseThrow();
      assertThat(twice.parameters().get(0).name()).isEqualTo("name");
      assertThat(application.invoke(twice, new Object[] {"Ann"})).isEqualTo("Hello! AnnHello! Ann");
    }
  }

  @Test
  void exceptionsAreRebuiltAsTypesOfTheJar() throws Throwable {
    var hello = greeter("Hello");
    try (var loader = ApplicationLoader.of(hello, SERVER);
        var application = application(loader, JarInspection.of(hello))) {
      assertThatThrownBy(() -> greet(application, "")).satisfies(rude -> {
        var back = ExceptionCodec.decode(ExceptionCodec.encode(rude), application.loader());
        assertThat(back).isExactlyInstanceOf(loader.loadClass("shop.Rude")).hasMessage("who?");
      });
    }
  }

  @Test
  void whatTheModuleBoundIsClosedWithTheApplication() throws Throwable {
    var hello = greeter("Hello");
    try (var loader = ApplicationLoader.of(hello, SERVER)) {
      application(loader, JarInspection.of(hello)).close();
      assertThat(loader.loadClass("shop.Greeting").getField("closed").get(null)).isEqualTo(1);
    }
  }

  @Test
  void theJarsOwnClassesAndResourcesComeFirstAndSharedOnesFromTheServer() throws Exception {
    var jar = cache.put(new JarBuilder()
        .source(
            "org.assertj.core.api.Assertions",
            "package org.assertj.core.api; public class Assertions {}")
        .source("dev.reprise.Transaction", "package dev.reprise; public @interface Transaction {}")
        .source("dev.reprise.samples.Own", "package dev.reprise.samples; public class Own {}")
        .source("org.slf4j.Logger", "package org.slf4j; public class Logger {}")
        .resource("db/migration/V1__a.sql", "own")
        .build(directory));
    try (var loader = ApplicationLoader.of(jar, SERVER)) {
      assertThat(loader.loadClass("org.assertj.core.api.Assertions").getClassLoader())
          .isSameAs(loader);
      assertThat(loader.loadClass("dev.reprise.samples.Own").getClassLoader()).isSameAs(loader);
      assertThat(loader.loadClass("dev.reprise.Transaction").getClassLoader()).isSameAs(SERVER);
      assertThat(loader.loadClass("org.slf4j.Logger").getClassLoader()).isSameAs(SERVER);
      assertThat(loader.loadClass("org.assertj.core.api.Assert").getClassLoader())
          .isSameAs(SERVER);
      assertThat(Collections.list(loader.getResources("db/migration/V1__a.sql")))
          .hasSize(1);
      assertThat(String.valueOf(loader.getResource("dev/reprise/Transaction.class")))
          .contains(jar.getFileName().toString());
      assertThatThrownBy(() -> loader.loadClass("no.such.Type"))
          .isInstanceOf(ClassNotFoundException.class);
    }
  }

  @Test
  void aJarWithoutFunctionsIsRefused() throws IOException {
    var jar =
        cache.put(new JarBuilder().source("a.B", "package a; public class B {}").build(directory));
    assertThatThrownBy(() -> JarInspection.of(jar))
        .isInstanceOf(RegistrationException.class)
        .hasMessageContaining(jar.getFileName() + " holds no function: annotate a public method");
  }

  @Test
  void whatIsNoJarIsRefused() {
    var jar = cache.put("no zip at all".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> JarInspection.of(jar))
        .isInstanceOf(RegistrationException.class)
        .hasMessageContaining("is no readable jar");
    assertThatThrownBy(() -> JarInspection.of(directory.resolve("missing.jar")))
        .isInstanceOf(RegistrationException.class)
        .hasMessageContaining("missing.jar is no readable jar");
  }

  @Test
  void anAbstractClassCountsByItsSubclasses() throws IOException {
    var jar = cache.put(new JarBuilder()
        .source(
            "a.Base",
            "package a; public abstract class Base { @dev.reprise.Transaction public void run() {} }")
        .source("a.Sub", "package a; public class Sub extends Base {}")
        .source(
            "a.Lone",
            "package a; public abstract class Lone { @dev.reprise.Step public void run() {} }")
        .build(directory));
    assertThat(JarInspection.of(jar).functionClasses()).containsExactly("a.Lone", "a.Sub");
    assertThat(JarInspection.of(jar).hasMigrations()).isFalse();
  }

  @Test
  void aClassThatLacksItsLibraryIsRefusedByName() throws IOException {
    var jar = cache.put(new JarBuilder()
        .source("a.Lib", "package a; public class Lib {}")
        .source(
            "a.F",
            "package a; public class F extends Lib { @dev.reprise.Step public void run() {} }")
        .build(directory));
    var stripped = strip(jar, "a/Lib.class");
    try (var loader = ApplicationLoader.of(stripped, SERVER)) {
      assertThatThrownBy(() -> loader.load(List.of("a.F")))
          .isInstanceOf(RegistrationException.class)
          .hasMessageContaining("a.F cannot be loaded")
          .hasMessageContaining("a/Lib");
    }
  }

  @Test
  void twoModulesAreRefused() throws IOException {
    var module = "package a; import dev.reprise.*; public class %s implements FunctionModule {"
        + " public void configure(Bindings b, Settings s) {} }";
    var jar = cache.put(new JarBuilder()
        .source("a.F", "package a; public class F { @dev.reprise.Step public void run() {} }")
        .source("a.M1", module.formatted("M1"))
        .source("a.M2", module.formatted("M2"))
        .resource("META-INF/services/dev.reprise.FunctionModule", "a.M1\na.M2\n")
        .build(directory));
    try (var loader = ApplicationLoader.of(jar, SERVER)) {
      assertThatThrownBy(() -> application(loader, JarInspection.of(jar)))
          .isInstanceOf(RegistrationException.class)
          .hasMessage("a.M1 and a.M2 are both modules: keep one FunctionModule in a jar");
    }
  }

  @Test
  void aModuleThatFailsRefusesTheJar() throws IOException {
    var jar = cache.put(new JarBuilder()
        .source("a.F", "package a; public class F { @dev.reprise.Step public void run() {} }")
        .source(
            "a.M",
            "package a; import dev.reprise.*; public class M implements FunctionModule {"
                + " public void configure(Bindings b, Settings s) { s.require(\"KEY\"); } }")
        .resource("META-INF/services/dev.reprise.FunctionModule", "a.M")
        .build(directory));
    try (var loader = ApplicationLoader.of(jar, SERVER)) {
      assertThatThrownBy(() -> application(loader, JarInspection.of(jar)))
          .isInstanceOf(RegistrationException.class)
          .hasMessageContaining("the module a.M failed: setting missing: set REPRISE_APP_KEY");
    }
  }

  @Test
  void aClosedLoaderLeavesNoOpenFile() throws IOException {
    var jar = greeter("Hello");
    var loader = ApplicationLoader.of(jar, SERVER);
    application(loader, JarInspection.of(jar)).close();
    try (var migration = loader.getResourceAsStream("db/migration/V1__visitors.sql")) {
      assertThat(migration).hasContent("create table visitors (name text)");
    }
    loader.close();
    var open = Path.of("/proc/self/fd");
    if (Files.exists(open)) {
      try (var handles = Files.list(open)) {
        assertThat(handles.map(ApplicationLoaderTest::target)).doesNotContain(jar.toString());
      }
    }
    Files.delete(jar);
    assertThat(jar).doesNotExist();
  }

  @Test
  void theClassesOfAClosedVersionAreForgotten() throws Throwable {
    var jar = greeter("Hello");
    var loader = new WeakReference<>(useAndClose(jar));
    await().untilAsserted(() -> {
      System.gc();
      assertThat(loader.get()).isNull();
    });
  }

  private static ClassLoader useAndClose(Path jar) throws Throwable {
    try (var loader = ApplicationLoader.of(jar, SERVER);
        var application = application(loader, JarInspection.of(jar))) {
      assertThat(greet(application, "Ann")).isEqualTo("Hello! Ann");
      var rude = "{\"type\":\"shop.Rude\",\"message\":\"m\"}";
      assertThat(ExceptionCodec.decode(rude, loader)).hasMessage("m");
      return loader;
    }
  }

  @Test
  void theCacheRepairsADamagedFile() throws IOException {
    var jar = greeter("Hello");
    var content = Files.readAllBytes(jar);
    Files.writeString(jar, "damaged");
    assertThat(cache.put(content)).isEqualTo(jar).hasBinaryContent(content);
    try (var files = Files.list(directory.resolve("jars"))) {
      assertThat(files).containsExactly(jar);
    }
  }

  private static String target(Path handle) {
    try {
      return Files.readSymbolicLink(handle).toString();
    } catch (IOException e) {
      return "closed meanwhile";
    }
  }

  private Path strip(Path jar, String entry) throws IOException {
    var copy = Files.copy(jar, directory.resolve("stripped.jar"));
    try (var zip = java.nio.file.FileSystems.newFileSystem(copy, Map.of())) {
      Files.delete(zip.getPath(entry));
    }
    return copy;
  }
}
