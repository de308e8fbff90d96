package dev.reprise.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresBinariesTest {
  @Test
  void unpacksOnceWhoeverAsksFirst(@TempDir Path cache) throws Exception {
    var first = CompletableFuture.supplyAsync(() -> unpacked(cache));
    var second = CompletableFuture.supplyAsync(() -> unpacked(cache));
    assertThat(first.get()).isEqualTo(second.get());
    assertThat(first.get().resolve("bin/postgres")).isExecutable();
    try (var files = Files.list(cache)) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .containsExactlyInAnyOrder("lock", first.get().getFileName().toString());
    }
  }

  @Test
  void knowsTheArchivesOfThePlatforms() {
    assertThat(PostgresBinaries.candidates("Linux", "amd64", false))
        .containsExactly("postgres-linux-x86_64.txz");
    assertThat(PostgresBinaries.candidates("Linux", "aarch64", true))
        .containsExactly("postgres-linux-arm_64-alpine_linux.txz", "postgres-linux-arm_64.txz");
    assertThat(PostgresBinaries.candidates("Mac OS X", "aarch64", false))
        .containsExactly("postgres-darwin-arm_64.txz", "postgres-darwin-x86_64.txz");
    assertThat(PostgresBinaries.candidates("Windows 11", "amd64", false))
        .containsExactly("postgres-windows-x86_64.txz");
  }

  private static Path unpacked(Path cache) {
    try {
      return PostgresBinaries.unpacked(cache);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
