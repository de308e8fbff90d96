package dev.reprise.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class MediaTypesTest {
  @Example
  void acceptsWhatCoversTheType() {
    for (var accept : List.of(
        "application/json",
        "*/*",
        "application/*",
        "text/html, application/json;q=0.1",
        "Application/JSON; charset=utf-8",
        "text/html,*/*;q=0.1",
        "text/html, */*; q=0.8; level=\"1,2\"",
        "application/*;q=0, application/json",
        "")) {
      assertThat(accepts(accept)).as(accept).isTrue();
    }
    assertThat(MediaTypes.accepts(List.of(), MediaTypes.JSON)).isTrue();
    assertThat(MediaTypes.accepts(List.of("text/html", "application/json"), MediaTypes.JSON))
        .isTrue();
  }

  @Example
  void refusesWhatDoesNot() {
    for (var accept : List.of(
        "text/html",
        "application/json;q=0",
        "application/json;q=0.000, */*",
        "text/*",
        "application/problem+json",
        "json",
        "*/json")) {
      assertThat(accepts(accept)).as(accept).isFalse();
    }
  }

  @Example
  void knowsJsonInUtf8() {
    for (var type : List.of(
        "application/json",
        "Application/Json;charset=UTF-8",
        "application/json; charset=\"utf-8\"",
        "application/json ; profile=x")) {
      assertThat(MediaTypes.isJson(List.of(type))).as(type).isTrue();
    }
    for (var type : List.of(
        "text/json",
        "text/plain",
        "application/json; charset=latin1",
        "application/json, text/plain",
        "application/jsonp",
        "application",
        "")) {
      assertThat(MediaTypes.isJson(List.of(type))).as(type).isFalse();
    }
    assertThat(MediaTypes.isJson(List.of("application/json", "application/json")))
        .isFalse();
  }

  @Property
  void anyTextIsRead(@ForAll String text) {
    assertThat(accepts("application/json," + text)).isIn(true, false);
    assertThat(MediaTypes.isJson(List.of("x" + text))).isFalse();
  }

  private static boolean accepts(String accept) {
    return MediaTypes.accepts(List.of(accept), MediaTypes.JSON);
  }
}
