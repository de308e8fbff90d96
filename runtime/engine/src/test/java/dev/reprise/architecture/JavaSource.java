package dev.reprise.architecture;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Java file of this repository.
 *
 * @param file relative to the root, with slashes
 */
record JavaSource(String file, String text) {
  private static final Set<String> SKIPPED = Set.of("target", ".git", ".reprise");
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([a-z0-9_.]+);");
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?([a-z0-9_.]+)\\.[A-Z]");

  /** All Java files of the repository, in the order of their names. */
  static List<JavaSource> all() throws IOException {
    var root = root();
    var sources = new ArrayList<JavaSource>();
    Files.walkFileTree(root, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
        return SKIPPED.contains(directory.getFileName().toString())
            ? FileVisitResult.SKIP_SUBTREE
            : FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
          throws IOException {
        if (file.toString().endsWith(".java")) {
          var name = root.relativize(file).toString().replace('\\', '/');
          sources.add(new JavaSource(name, Files.readString(file)));
        }
        return FileVisitResult.CONTINUE;
      }
    });
    sources.sort((one, other) -> one.file().compareTo(other.file()));
    return sources;
  }

  private static Path root() {
    for (var path = Path.of("").toAbsolutePath(); path != null; path = path.getParent()) {
      if (Files.isDirectory(path.resolve(".mvn"))) {
        return path;
      }
    }
    throw new IllegalStateException("run this inside the repository: there is no .mvn above here");
  }

  /** Whether it is no test, in a module below this folder. */
  boolean isMain(String folder) {
    return file.startsWith(folder) && file.contains("src/main/java/");
  }

  /** The name of its package; empty where it has none. */
  String packageName() {
    var matcher = PACKAGE.matcher(text);
    return matcher.find() ? matcher.group(1) : "";
  }

  /** What its imports tell of the packages it uses. */
  Stream<Use> imports() {
    var user = packageName();
    return IMPORT.matcher(text).results().map(match -> new Use(user, match.group(1), file));
  }
}
