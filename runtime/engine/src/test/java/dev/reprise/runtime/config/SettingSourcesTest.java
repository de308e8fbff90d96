package dev.reprise.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.RepriseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingSourcesTest {
  private static final Environment EMPTY = new Environment(Map.of());

  @TempDir
  Path directory;

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("reprise.properties"), text);
  }

  @Test
  void aFlagBeatsTheEnvironmentBeatsTheFileBeatsTheDefault() throws IOException {
    var file = file("port=1\nhost=localhost\nmax-wait=5s\n");
    var environment = new Environment(Map.of("REPRISE_PORT", "2", "REPRISE_HOST", "127.0.0.2"));
    var sources = SettingSources.of(Map.of(Setting.PORT, "3"), environment, file);

    assertThat(sources.get(Setting.PORT))
        .isEqualTo(new SettingSources.Sourced(Setting.PORT, "3", "--port"));
    assertThat(sources.get(Setting.HOST))
        .isEqualTo(new SettingSources.Sourced(Setting.HOST, "127.0.0.2", "REPRISE_HOST"));
    assertThat(sources.get(Setting.MAX_WAIT))
        .isEqualTo(new SettingSources.Sourced(Setting.MAX_WAIT, "5s", file.toString()));
    assertThat(sources.get(Setting.MAX_RUNNING))
        .isEqualTo(new SettingSources.Sourced(Setting.MAX_RUNNING, "256", "default"));
  }

  @Test
  void secretsAreMaskedAndMayComeFromAFile() throws IOException {
    var secret = Files.writeString(directory.resolve("secret"), "s3cret\n");
    var environment = new Environment(Map.of(
        "REPRISE_TOKEN_FILE",
        secret.toString(),
        "REPRISE_DATABASE",
        "jdbc:postgresql://db/x?password=s3cret"));
    var sources = SettingSources.of(Map.of(), environment, null);

    assertThat(sources.get(Setting.TOKEN).value()).isEqualTo("s3cret");
    assertThat(sources.get(Setting.TOKEN).shown()).isEqualTo("***");
    assertThat(sources.get(Setting.DATABASE).shown())
        .isEqualTo("jdbc:postgresql://db/x?password=***");
    assertThat(sources.get(Setting.DATABASE_PASSWORD).shown()).isEmpty();
  }

  @Test
  void anUnknownKeyAndAMissingFileAreRefused() throws IOException {
    var file = file("prot=1\n");

    assertThatThrownBy(() -> SettingSources.of(Map.of(), EMPTY, file))
        .isInstanceOf(RepriseException.class)
        .hasMessageContaining("\"prot\", which is no setting")
        .hasMessageContaining("shutdown-grace");
    assertThatThrownBy(() -> SettingSources.of(Map.of(), EMPTY, directory.resolve("none")))
        .isInstanceOf(RepriseException.class)
        .hasMessageContaining("cannot be read");
  }

  @Test
  void keysAndDefaultsStayAsTheyAre() {
    var all = SettingSources.of(Map.of(), EMPTY, null).all();

    assertThat(all)
        .extracting(one -> one.setting().key() + "=" + one.value())
        .containsExactly(
            "database=",
            "database-user=",
            "database-password=",
            "database-connections=16",
            "functions=",
            "migrate=true",
            "host=127.0.0.1",
            "port=8080",
            "max-wait=60s",
            "max-body=1048576",
            "max-jar=104857600",
            "allowed-hosts=",
            "allowed-origins=",
            "insecure=false",
            "max-running=256",
            "max-recoveries=20",
            "max-value=4194304",
            "max-operations=50000",
            "death-timeout=7s",
            "shutdown-grace=25s",
            "record=auto",
            "record-max-lag=10GiB",
            "retention=",
            "retention-failed=",
            "url=http://127.0.0.1:8080",
            "token=");
  }
}
