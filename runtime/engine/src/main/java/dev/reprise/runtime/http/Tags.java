package dev.reprise.runtime.http;

import dev.reprise.Options;
import java.util.List;
import java.util.Map;

/** {@code Reprise-Tag: name=value}, as often as there are tags. */
final class Tags {
  /** The name of the header. */
  static final String HEADER = "Reprise-Tag";

  private static final int MOST = 32;

  private Tags() {}

  /**
   * The tags in the header's values; the last value of a name holds.
   *
   * @throws ProblemException where a value has another shape or there are too many
   */
  static Map<String, String> parse(List<String> values) {
    if (values.size() > MOST) {
      throw Problem.INVALID_HEADER.because("an execution has at most " + MOST + " tags");
    }
    var options = Options.DEFAULT;
    for (var value : values) {
      int equals = value.indexOf('=');
      if (equals < 1) {
        throw Problem.INVALID_HEADER.because("a tag is written as Reprise-Tag: name=value");
      }
      try {
        options = options.tag(value.substring(0, equals).strip(), value.substring(equals + 1));
      } catch (IllegalArgumentException e) {
        throw Problem.INVALID_HEADER.because("Reprise-Tag: " + e.getMessage());
      }
    }
    return options.tags();
  }
}
