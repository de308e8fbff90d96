package dev.reprise.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prints what to look at in all Java files of the repository. */
class TidyTest {
  @Test
  void theRepositoryIsTidy() throws IOException {
    var sources = JavaSource.all();
    var findings = new ArrayList<String>();
    for (var source : sources) {
      findings.addAll(TidyRules.findings(source));
    }

    assertThat(sources).extracting(JavaSource::file).anyMatch(file -> file.startsWith("samples/"));
    assertThat(findings)
        .as("make it tidy, or say why it is better so: // tidy: why")
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "void f() throws Exception { Thread.sleep(5); }",
        "void f() throws Exception { java.util.concurrent.TimeUnit.DAYS.sleep(5); }",
        "void f() { new Exception().printStackTrace(); }",
        "void f() { throw new RuntimeException(\"no\"); }",
        "@Disabled void f() {}",
        "@org.junit.jupiter.api.Disabled void f() {}",
        "// TODO: later", // tidy: an example
        "int x; /* FIXME */", // tidy: an example
        "C(int a, int b, int c, int d, int e, int f, int g, int h) {}",
      })
  void whatIsUntidyIsFoundUnlessExcused(String member) throws IOException {
    assertThat(findings("class C {\n" + member + "\n}"))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("C.java:2: ");
    assertThat(findings("class C {\n" + member + " // tidy: an example\n}")).isEmpty();
    assertThat(findings("class C {\n// tidy: an example\n" + member + "\n}")).isEmpty();
    assertThat(findings("class C {\n// tidy:\n" + member + "\n}")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "void f() { Durable.sleep(duration); sleep(5); }",
        "void f() { throw new IllegalStateException(new RuntimeException()); }",
        "String f = \"Thread.sleep(1); TODO\";",
        "void f(int a, int b, int c, int d, int e, int f, int g, int h) {}",
        "record R(int a, int b, int c, int d, int e, int f, int g, int h) { R { } }",
      })
  void whatIsTidyIsNotFound(String member) throws IOException {
    assertThat(findings("class C {\n" + member + "\n}")).isEmpty();
  }

  @Test
  void longMethodsAndLongFilesAreFound() throws IOException {
    assertThat(findings("class C { void f() {" + "\n".repeat(59) + "} }")).isEmpty();
    assertThat(findings("class C { void f() {" + "\n".repeat(60) + "} }"))
        .containsExactly("C.java:1: f has 61 lines");
    assertThat(findings("class C {" + "\n".repeat(399) + "}")).isEmpty();
    assertThat(findings("package p;\nclass C {" + "\n".repeat(399) + "}"))
        .containsExactly("C.java:2: the file has 401 lines; is it one thing?");
  }

  private static List<String> findings(String text) throws IOException {
    return TidyRules.findings(new JavaSource("C.java", text));
  }
}
