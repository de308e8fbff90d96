package dev.reprise.debugger.retro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.RepriseException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodeChangeTest {
  private static final String SERVICE = "META-INF/services/java.lang.Runnable";

  private static final String MODULE = "public class Bound implements dev.reprise.FunctionModule {"
      + " public void configure(dev.reprise.Bindings b, dev.reprise.Settings s) { %s } }";

  @TempDir
  private Path directory;

  private final Map<String, String> sources = new TreeMap<>(Map.of(
      "Prices", "interface Prices { long of(String pen); }",
      "Fixed", "class Fixed implements Prices { public long of(String pen) { return 3; } }",
      "Orders",
          "public class Orders { private Prices prices; long pay(String pen) { return prices.of(pen); } }",
      "Stock", "public class Stock { int count() { return Limits.all(); } }",
      "Limits", "class Limits { static int all() { return Deep.of(7); } }",
      "Deep",
          "class Deep { static int of(int n) { class Inner { int n() { return n; } } return new Inner().n(); } }",
      "Named", "public class Named { String type() { return \"app.Alone\"; } }",
      "Alone", "class Alone {}",
      "Waiting", "class Waiting implements Runnable { public void run() { new Slow(); } }",
      "Slow", "class Slow {}"));
  private final Map<String, String> resources = new TreeMap<>(Map.of(
      "META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n",
      "META-INF/maven/a/b/pom.xml", "<project/>",
      "db/migration/V1__a.sql", "select 1",
      "texts.properties", "a=b"));

  /** Compiles what there is now. */
  private byte[] jar() throws IOException {
    var units = new ArrayList<JavaFileObject>();
    sources.forEach((name, source) -> units.add(
        new SimpleJavaFileObject(
            URI.create("string:///app/" + name + ".java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return "package app; " + source;
          }
        }));
    var classes = Files.createTempDirectory(directory, "classes");
    assertThat(ToolProvider.getSystemJavaCompiler()
            .getTask(
                null,
                null,
                null,
                List.of(
                    "-d",
                    classes.toString(),
                    "-proc:none",
                    "-cp",
                    System.getProperty("java.class.path")),
                null,
                units)
            .call())
        .isTrue();
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes);
        var files = Files.walk(classes)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
        zip.write(Files.readAllBytes(file));
      }
      for (var resource : resources.entrySet()) {
        zip.putNextEntry(new ZipEntry(resource.getKey()));
        zip.write(resource.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  private CodeChange afterChanging(String name, String source) throws IOException {
    var before = jar();
    sources.put(name, source);
    return CodeChange.between(before, jar());
  }

  @Test
  void theSameJarReachesNothing() throws IOException {
    var jar = jar();
    var change = CodeChange.between(jar, jar.clone());
    assertThat(change.changedClasses()).isEmpty();
    assertThat(change.reaches("app.Orders")).isFalse();
  }

  @Test
  void aJarThatWasBuiltAnewReachesNothing() throws IOException {
    var before = jar();
    resources.put("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nBuilt-By: me\n");
    resources.put("META-INF/maven/a/b/pom.xml", "<project></project>");
    var change = CodeChange.between(before, jar());
    assertThat(change.changedClasses()).isEmpty();
    assertThat(change.reaches("app.Orders")).isFalse();
  }

  @Test
  void aClassReachesItselfAndWhoUsesIt() throws IOException {
    var change = afterChanging(
        "Deep",
        "class Deep { static int of(int n) { class Inner { int n() { return n + 1; } } return new Inner().n(); } }");
    assertThat(change.changedClasses()).containsExactly("app.Deep$1Inner");
    assertThat(change.reaches("app.Stock")).isTrue();
    assertThat(change.why("app.Stock")).isEqualTo("it uses app.Deep$1Inner, which changed");
    assertThat(change.reaches("app.Orders")).isFalse();
    assertThat(change.reaches("app.Named")).isFalse();
  }

  @Test
  void whoUsesATypeUsesWhatExtendsIt() throws IOException {
    var change = afterChanging(
        "Fixed", "class Fixed implements Prices { public long of(String pen) { return 4; } }");
    assertThat(change.changedClasses()).containsExactly("app.Fixed");
    assertThat(change.reaches("app.Orders")).isTrue();
    assertThat(change.reaches("app.Stock")).isFalse();
  }

  @Test
  void aClassThatAppearsOrVanishesIsAChange() throws IOException {
    var before = jar();
    sources.put(
        "Other", "class Other implements Prices { public long of(String pen) { return 5; } }");
    var after = jar();
    for (var change :
        List.of(CodeChange.between(before, after), CodeChange.between(after, before))) {
      assertThat(change.changedClasses()).containsExactly("app.Other");
      assertThat(change.reaches("app.Orders")).isTrue();
      assertThat(change.reaches("app.Stock")).isFalse();
    }
  }

  @Test
  void aNameInATextIsAUse() throws IOException {
    var change = afterChanging("Alone", "class Alone { int n; }");
    assertThat(change.reaches("app.Named")).isTrue();
    assertThat(change.reaches("app.Stock")).isFalse();
  }

  @Test
  void resourcesMigrationsAndModulesReachEverything() throws IOException {
    for (var name :
        List.of("texts.properties", "db/migration/V1__a.sql", "db/migration/V2__b.sql")) {
      var before = jar();
      resources.put(name, "other " + name);
      assertThat(CodeChange.between(before, jar()).why("app.Stock")).isEqualTo(name + " changed");
    }
    sources.put("Bound", MODULE.formatted(""));
    var change = afterChanging("Bound", MODULE.formatted("int n = 1;"));
    assertThat(change.why("app.Stock")).isEqualTo("the module app.Bound changed");
  }

  @Test
  void whatAServiceUsesReachesEverything() throws IOException {
    resources.put(SERVICE, "app.Waiting # waits\n");
    var change = afterChanging("Slow", "class Slow { int n; }");
    assertThat(change.why("app.Orders"))
        .isEqualTo("the service app.Waiting uses app.Slow, which changed");
  }

  @Test
  void anUnknownFunctionIsReached() throws IOException {
    var change = afterChanging("Alone", "class Alone { int n; }");
    assertThat(change.why("app.Nobody")).isEqualTo("app.Nobody is in neither jar");
  }

  @Test
  void whatIsNoJarIsRefused() throws IOException {
    var jar = jar();
    assertThatThrownBy(() -> CodeChange.between(new byte[] {1, 2}, jar))
        .isInstanceOf(RepriseException.class)
        .hasMessage("the old jar is empty, or is no jar");
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("a/B.class"));
      zip.write(new byte[] {1, 2, 3, 4, 5});
    }
    assertThatThrownBy(() -> CodeChange.between(jar, bytes.toByteArray()))
        .hasMessage("the class a/B.class cannot be read: it does not begin as a class file");
  }
}
