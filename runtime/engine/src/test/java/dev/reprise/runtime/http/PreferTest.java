package dev.reprise.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;

class PreferTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Example
  void readsTheExamplesOfTheRfc() {
    assertThat(parse("respond-async")).isEqualTo(prefer(true, null));
    assertThat(parse("respond-async, wait=10")).isEqualTo(prefer(true, 10));
    assertThat(parse("respond-async", "wait=10", "handling=lenient")).isEqualTo(prefer(true, 10));
    assertThat(parse("priority=5")).isEqualTo(prefer(false, null));
    assertThat(parse("foo; bar")).isEqualTo(prefer(false, null));
    assertThat(parse("foo=\"bar, wait=3\"; baz=\"qux\", Respond-Async"))
        .isEqualTo(prefer(true, null));
    assertThat(parse("return=minimal; foo=\"some \\\"parameter\\\"\", wait=4"))
        .isEqualTo(prefer(false, 4));
  }

  @Example
  void readsQuotedValuesSpacesAndEmptyElements() {
    assertThat(parse("WAIT = \"7\"")).isEqualTo(prefer(false, 7));
    assertThat(parse(" , ,wait=7,\t,respond-async ;a=b; c")).isEqualTo(prefer(true, 7));
  }

  @Example
  void theFirstOfANameHolds() {
    assertThat(parse("wait=1, wait=2", "wait=3")).isEqualTo(prefer(false, 1));
  }

  @Example
  void whatIsMalformedIsIgnored() {
    for (var text : List.of(
        "",
        "wait",
        "wait=",
        "wait=x",
        "wait=-1",
        "wait=1.5",
        "wait=\"1",
        "=5",
        "wait 5",
        "wait=99999999999999999999")) {
      assertThat(parse(text)).as(text).isEqualTo(prefer(false, null));
    }
  }

  @Property
  void anyTextIsRead(@ForAll @CharRange(from = ' ', to = '~') @StringLength(max = 60) String text) {
    var waitFor = parse(text).waitFor();
    assertThat(waitFor == null || !waitFor.isNegative()).isTrue();
  }

  @Property
  void everyWaitIsReadAmongOthers(@ForAll @IntRange(min = 0, max = 999_999_999) int seconds) {
    assertThat(parse("a=\"b;,\", wait=" + seconds + " , respond-async"))
        .isEqualTo(prefer(true, seconds));
  }

  @Example
  void aCallWithoutPreferenceWaitsAsLongAsTheServerDoes() {
    assertThat(patience()).isEqualTo(new Patience(MINUTE, List.of()));
  }

  @Example
  void aClientMayLeaveEarlierThanTheServerWould() {
    assertThat(patience("wait=5"))
        .isEqualTo(new Patience(Duration.ofSeconds(5), List.of("wait=5")));
    assertThat(patience("respond-async"))
        .isEqualTo(new Patience(Duration.ZERO, List.of("respond-async")));
    assertThat(patience("wait=0, respond-async").isOver()).isTrue();
  }

  @Example
  void nobodyIsWaitedForLongerThanTheServerWants() {
    assertThat(patience("wait=61")).isEqualTo(new Patience(MINUTE, List.of()));
  }

  private static Patience patience(String... values) {
    return Patience.of(parse(values), MINUTE);
  }

  private static Prefer parse(String... values) {
    return Prefer.parse(List.of(values));
  }

  private static Prefer prefer(boolean async, @Nullable Integer seconds) {
    return new Prefer(async, seconds == null ? null : Duration.ofSeconds(seconds));
  }
}
