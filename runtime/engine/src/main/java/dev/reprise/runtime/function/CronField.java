package dev.reprise.runtime.function;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One field of a cron expression, and what it may hold.
 *
 * @param label what messages call it
 * @param names of the numbers from {@code least} on; empty where there are none
 */
record CronField(String label, int least, int most, List<String> names) {
  static final CronField SECOND = new CronField("second", 0, 59, List.of());
  static final CronField MINUTE = new CronField("minute", 0, 59, List.of());
  static final CronField HOUR = new CronField("hour", 0, 23, List.of());
  static final CronField DAY_OF_MONTH = new CronField("day of month", 1, 31, List.of());
  static final CronField MONTH = new CronField(
      "month",
      1,
      12,
      List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"));

  /** Sunday is 0 and 7. */
  static final CronField DAY_OF_WEEK =
      new CronField("day of week", 0, 7, List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"));

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");

  /**
   * The numbers that a text means.
   *
   * @throws IllegalArgumentException naming the field, the part of it that cannot be read, and what it may be
   */
  BitSet read(String text) {
    var numbers = new BitSet(most + 1);
    for (var part : text.split(",", -1)) {
      add(part, numbers);
    }
    if (equals(DAY_OF_WEEK) && numbers.get(7)) {
      numbers.clear(7);
      numbers.set(0);
    }
    return numbers;
  }

  private void add(String part, BitSet numbers) {
    var rangeAndStep = part.split("/", -1);
    int step = 1;
    if (rangeAndStep.length > 2) {
      throw unreadable(part);
    }
    if (rangeAndStep.length == 2) {
      step = NUMBER.matcher(rangeAndStep[1]).matches() ? Integer.parseInt(rangeAndStep[1]) : 0;
      if (step < 1 || step > most) {
        throw refuse(part, "a step is a number from 1 to " + most);
      }
    }
    var range = rangeAndStep[0];
    if (range.equals("*")) {
      set(numbers, least, equals(DAY_OF_WEEK) ? 6 : most, step);
      return;
    }
    var ends = range.split("-", -1);
    if (ends.length > 2) {
      throw unreadable(part);
    }
    int from = number(ends[0], part);
    if (ends.length == 1) {
      if (rangeAndStep.length == 2) {
        throw refuse(part, "a step needs a range: write " + range + "-" + most + "/" + step);
      }
      numbers.set(from);
      return;
    }
    int to = number(ends[1], part);
    if (equals(DAY_OF_WEEK) && to == 0 && from > 0) {
      to = 7; // a week may be said to end on SUN
    }
    if (from > to) {
      throw refuse(part, "the range ends before it begins: write two, with a comma");
    }
    set(numbers, from, to, step);
  }

  private static void set(BitSet numbers, int from, int to, int step) {
    for (int number = from; number <= to; number += step) {
      numbers.set(number);
    }
  }

  private int number(String text, String part) {
    int named = names.indexOf(text.toUpperCase(Locale.ROOT));
    if (named >= 0) {
      return least + named;
    }
    if (!NUMBER.matcher(text).matches()) {
      throw unreadable(part);
    }
    int number = Integer.parseInt(text);
    if (number < least || number > most) {
      throw refuse(part, "it goes from " + least + " to " + most);
    }
    return number;
  }

  private IllegalArgumentException unreadable(String part) {
    return refuse(
        part,
        "write *, a number from " + least + " to " + most
            + (names.isEmpty() ? "" : ", a name like " + names.get(1))
            + ", a range like " + least + "-" + (least + 4)
            + ", a step like */2, or a list of these");
  }

  private IllegalArgumentException refuse(String part, String remedy) {
    return new IllegalArgumentException("\"" + part + "\" is no " + label + ": " + remedy);
  }
}
