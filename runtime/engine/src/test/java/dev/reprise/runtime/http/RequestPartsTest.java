package dev.reprise.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class RequestPartsTest {
  @Property
  void aCursorIsReadAsItWasWritten(@ForAll long high, @ForAll long low) {
    var last = new UUID(high, low);
    assertThat(Cursor.parse(Cursor.of(last))).isEqualTo(last);
  }

  @Property
  void anyOtherTextIsNoCursor(@ForAll String text) {
    try {
      assertThat(Cursor.of(Cursor.parse(text))).isEqualTo(text);
    } catch (ProblemException e) {
      assertThat(e.problem()).isEqualTo(Problem.INVALID_QUERY);
    }
  }

  @Property
  void aQueryIsReadAsItWasEncoded(@ForAll String value) {
    var lossless = new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    var query = "a=" + URLEncoder.encode(value, StandardCharsets.UTF_8) + "&b=1";
    if (lossless.isEmpty() || lossless.indexOf('\0') >= 0) {
      assertThatThrownBy(() -> query(query)).isInstanceOf(ProblemException.class);
    } else {
      assertThat(query(query).text("a").orElse("")).isEqualTo(lossless);
    }
  }

  @Property
  void anyQueryIsReadOrRefused(@ForAll String text) {
    try {
      assertThat(query(text).text("c")).isEmpty();
    } catch (ProblemException e) {
      assertThat(e.problem()).isEqualTo(Problem.INVALID_QUERY);
    }
  }

  @Example
  void aQueryGivesNumbersAndTimes() {
    var query = query("a=7&b=2026-01-31T12:00:00+02:00");
    assertThat(query.number("a", 0, 9, 1)).isEqualTo(7);
    assertThat(query.seconds("a")).isEqualTo(Duration.ofSeconds(7));
    assertThat(query.number("c", 0, 9, 1)).isEqualTo(1);
    assertThat(query.time("b")).isEqualTo(Instant.parse("2026-01-31T10:00:00Z"));
    assertThatThrownBy(() -> query.number("a", 0, 6, 1)).hasMessageContaining("between 0 and 6");
    assertThatThrownBy(() -> query.time("a")).hasMessageContaining("a time with offset");
  }

  @Example
  void onlyAWellFormedTraceIsPassedOn() {
    var trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    assertThat(TraceParent.parse(List.of(trace))).isEqualTo(trace);
    for (var bad : List.of(
        "",
        trace.toUpperCase(java.util.Locale.ROOT),
        "ff" + trace.substring(2),
        "00-" + "0".repeat(32) + "-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-" + "0".repeat(16) + "-01",
        trace + "-x")) {
      assertThat(TraceParent.parse(List.of(bad))).as(bad).isNull();
    }
    assertThat(TraceParent.parse(List.of(trace, trace))).isNull();
  }

  @Example
  void tagsAreNamesAndValues() {
    assertThat(Tags.parse(List.of("a=1", "b=x=y", "a=2", "c=")))
        .containsOnly(entry("a", "2"), entry("b", "x=y"), entry("c", ""));
    for (var bad : List.of("a", "=1", " =1", "a=" + "x".repeat(201), "x".repeat(101) + "=1")) {
      assertThatThrownBy(() -> Tags.parse(List.of(bad)))
          .as(bad)
          .isInstanceOf(ProblemException.class);
    }
    assertThatThrownBy(() -> Tags.parse(Collections.nCopies(33, "a=1"))).hasMessageContaining("32");
  }

  @Example
  void anIdIsEncodedInAPathAsFarAsItMustBe() {
    assertThat(Outcome.location("a.b:c@d=e+f-g_h")).isEqualTo("/v1/executions/a.b:c@d=e+f-g_h");
    assertThat(Outcome.location("a/b c?")).isEqualTo("/v1/executions/a%2Fb%20c%3F");
  }

  private static QueryString query(String text) {
    return new QueryString(text, Set.of("a", "b", "c"));
  }
}
