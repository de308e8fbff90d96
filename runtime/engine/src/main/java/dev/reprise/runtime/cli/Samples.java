package dev.reprise.runtime.cli;

import dev.reprise.RepriseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The jars of the samples, which the launcher's jar contains, as files in a directory. */
record Samples(Path directory) {
  /** Writes a jar anew. Another process may read its old content on. */
  Path extract(String name) {
    try (var jar = Samples.class.getResourceAsStream("/samples/" + name)) {
      if (jar == null) {
        throw new RepriseException(
            "the sample " + name + " is not part of this build; use ./reprise or reprise.jar");
      }
      Files.createDirectories(directory);
      var partial = Files.createTempFile(directory, name, ".part");
      Files.copy(jar, partial, StandardCopyOption.REPLACE_EXISTING);
      return Files.move(
          partial,
          directory.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new RepriseException("cannot write " + directory.resolve(name) + ": " + e, e);
    }
  }
}
