package dev.reprise.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProblemTest {
  @Test
  void theDocumentationListsEveryProblemAsItIs() throws IOException {
    var documented = Files.readAllLines(Path.of("../../docs/problems.md")).stream()
        .filter(line -> line.startsWith("| `"))
        .map(line -> line.substring(0, line.lastIndexOf('|', line.length() - 2) + 1));
    var actual = Arrays.stream(Problem.values())
        .map(problem ->
            "| `" + problem.label() + "` | " + problem.status() + " | " + problem.title() + " |");
    assertThat(documented).containsExactlyElementsOf(actual.toList());
  }

  @Test
  void aProblemHasTheMembersOfTheRfcAndItsOwn() {
    var answer = Problem.PARKED.because("why").with("executionId", "k").answer();
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.contentType()).isEqualTo("application/problem+json");
    assertThat(Json.parse(answer.body()))
        .isEqualTo(Map.of(
            "type",
            "urn:reprise:problem:parked",
            "title",
            "The execution is parked",
            "status",
            503,
            "detail",
            "why",
            "executionId",
            "k"));
  }
}
