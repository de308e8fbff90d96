package dev.reprise.runtime.deploy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles sources and puts the classes into a jar. */
public final class JarBuilder {
  private final List<JavaFileObject> sources = new ArrayList<>();
  private final Map<String, byte[]> resources = new LinkedHashMap<>();

  public JarBuilder source(String className, String text) {
    sources.add(
        new SimpleJavaFileObject(
            URI.create("string:///" + className.replace('.', '/') + ".java"),
            JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
          }
        });
    return this;
  }

  public JarBuilder resource(String name, String text) {
    resources.put(name, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  public byte[] build(Path workspace) throws IOException {
    var classes = Files.createTempDirectory(workspace, "classes");
    compile(classes);
    var bytes = new ByteArrayOutputStream();
    try (var jar = new JarOutputStream(bytes);
        var files = Files.walk(classes)) {
      for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
        add(jar, classes.relativize(file).toString(), Files.readAllBytes(file));
      }
      for (var resource : resources.entrySet()) {
        add(jar, resource.getKey(), resource.getValue());
      }
    }
    return bytes.toByteArray();
  }

  private void compile(Path classes) {
    if (sources.isEmpty()) {
      return;
    }
    var messages = new StringWriter();
    boolean compiled = ToolProvider.getSystemJavaCompiler()
        .getTask(
            messages,
            null,
            null,
            List.of("-d", classes.toString(), "-parameters", "-proc:none"),
            null,
            sources)
        .call();
    if (!compiled) {
      throw new IllegalArgumentException(messages.toString());
    }
  }

  private static void add(JarOutputStream jar, String name, byte[] content) throws IOException {
    var entry = new JarEntry(name);
    entry.setTime(0);
    jar.putNextEntry(entry);
    jar.write(content);
    jar.closeEntry();
  }
}
