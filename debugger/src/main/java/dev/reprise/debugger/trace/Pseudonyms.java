package dev.reprise.debugger.trace;

import dev.reprise.RepriseException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Other values for values: the same for the same, different ones for different ones, of the same type and about as long.
 * They depend on a key that nobody keeps. For one thread.
 */
final class Pseudonyms {
  private static final int TRIES_AT_A_LENGTH = 200;
  private static final int DIGITS_OF_REAL = 6;
  private static final int MOST_DIGITS_OF_LONG = 18;
  private static final int YEARS = 5;
  private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
      .appendPattern("uuuu-MM-dd HH:mm:ss")
      .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
      .toFormatter(Locale.ROOT);
  private static final DateTimeFormatter TIME_WITH_ZONE = new DateTimeFormatterBuilder()
      .append(TIME)
      .appendOffset("+HH:mm", "+00")
      .toFormatter(Locale.ROOT);
  private static final DateTimeFormatter READ_TIME_WITH_ZONE = new DateTimeFormatterBuilder()
      .append(TIME)
      .appendPattern("[xxx][x]")
      .toFormatter(Locale.ROOT);

  private final byte[] key;
  private final int shiftedDays;
  private final Map<String, String> known = new HashMap<>();
  private final Set<String> used = new HashSet<>();

  Pseudonyms(byte[] key) {
    this.key = key.clone();
    int days = 1 + new KeyedDigits(this.key, "days").next(YEARS * 365);
    this.shiftedDays = new KeyedDigits(this.key, "direction").next(2) == 0 ? days : -days;
  }

  /** Another value for one that the database wrote. */
  String of(ValueKind kind, String value) {
    return switch (kind) {
      case TEXT -> text(value);
      case PADDED_TEXT -> {
        var end = value.stripTrailing();
        yield text(end) + value.substring(end.length());
      }
      case NUMBER, FLOAT -> number(kind, value);
      case UUID -> unique("uuid", value, attempt -> uuid(value, attempt));
      case BYTES -> unique("bytes", value, attempt -> bytes(value, attempt));
      case DATE, TIMESTAMP, TIMESTAMP_WITH_ZONE -> shifted(kind, value);
      case JSON -> throw new IllegalArgumentException("JSON is not one value");
    };
  }

  private interface Attempt {
    String value(int attempt);
  }

  private String unique(String kind, String canonical, Attempt attempts) {
    return known.computeIfAbsent(kind + ' ' + canonical, name -> {
      for (int attempt = 0; ; attempt++) {
        var value = attempts.value(attempt);
        if (used.add(kind + ' ' + value)) {
          return value;
        }
      }
    });
  }

  private String text(String value) {
    if (value.isEmpty()) {
      return value;
    }
    var lower = value.toLowerCase(Locale.ROOT);
    boolean folds = lower.length() == value.length();
    var canonical = folds ? lower : value;
    var other = unique("text", canonical, attempt -> letters(canonical, attempt));
    if (!folds) {
      return other;
    }
    // what differs in case only differs in case only
    var cased = new StringBuilder(other);
    for (int i = 0; i < value.length(); i++) {
      if (Character.isUpperCase(value.charAt(i))) {
        cased.setCharAt(i, Character.toUpperCase(other.charAt(i)));
      }
    }
    return cased.toString();
  }

  private String letters(String value, int attempt) {
    var digits = new KeyedDigits(key, "text " + attempt + ' ' + value);
    boolean readable = value.codePoints().anyMatch(Character::isLetterOrDigit);
    var text = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (Character.isDigit(c)) {
        text.append((char) ('0' + digits.next(10)));
      } else if (!readable || Character.isLetter(c) || Character.isSurrogate(c)) {
        text.append((char) ('a' + digits.next(26)));
      } else {
        text.append(c);
      }
    }
    for (int more = attempt / TRIES_AT_A_LENGTH; more > 0; more--) {
      text.append((char) ('a' + digits.next(26)));
    }
    return text.toString();
  }

  /** Digits for digits: of the sign, the point and the exponent nothing changes. */
  private String number(ValueKind kind, String value) {
    if (value.chars().noneMatch(Character::isDigit)) {
      return value; // NaN, Infinity
    }
    var sign = value.startsWith("-") ? "-" : "";
    int exponentAt = value.indexOf('e');
    var exponent = exponentAt < 0 ? "" : value.substring(exponentAt);
    var digits = value.substring(sign.length(), value.length() - exponent.length());
    var other = kind == ValueKind.FLOAT
        ? unique("float", digits, attempt -> rounded(digits, attempt))
        : unique("number", digits, attempt -> digits(digits, attempt));
    return sign + other + exponent;
  }

  private String digits(String value, int attempt) {
    var random = new KeyedDigits(key, "number " + attempt + ' ' + value);
    int point = value.indexOf('.');
    var whole = point < 0 ? value : value.substring(0, point);
    var text = new StringBuilder();
    if (whole.equals("0") && point >= 0 && attempt < TRIES_AT_A_LENGTH) {
      text.append('0');
    } else if (whole.length() > MOST_DIGITS_OF_LONG) {
      text.append((char) ('1' + random.next(9)));
      append(text, whole.length() - 1, random);
    } else {
      text.append(whole(Long.parseLong(whole), whole.length(), attempt));
    }
    if (point >= 0) {
      text.append('.');
      append(text, value.length() - point - 1, random);
    }
    return text.toString();
  }

  private static void append(StringBuilder text, int digits, KeyedDigits random) {
    for (int i = 0; i < digits; i++) {
      text.append((char) ('0' + random.next(10)));
    }
  }

  /**
   * A number with as many digits that is of the same smallest type, so that the column can hold it whatever its type. First
   * at random, then one after the other, until there is one left.
   */
  private long whole(long value, int digits, int attempt) {
    long low = digits == 1 ? 0 : (long) Math.pow(10, digits - 1);
    long high = (long) Math.pow(10, digits) - 1;
    for (long limit : new long[] {Short.MAX_VALUE, Integer.MAX_VALUE}) {
      if (value <= limit) {
        high = Math.min(high, limit);
      } else {
        low = Math.max(low, limit + 1);
      }
    }
    long size = high - low + 1;
    int seed = Math.min(attempt, TRIES_AT_A_LENGTH);
    var random = new KeyedDigits(key, "whole " + seed + ' ' + value);
    long number = 0;
    for (int i = 0; i < 8; i++) {
      number = number << 8 | random.nextByte();
    }
    return low + (Math.floorMod(number, size) + (attempt - seed)) % size;
  }

  /** With so few digits that any floating point type holds and writes it as it is. */
  private String rounded(String value, int attempt) {
    var random = new KeyedDigits(key, "float " + attempt + ' ' + value);
    int point = value.indexOf('.');
    int whole = Math.min(point < 0 ? value.length() : point, DIGITS_OF_REAL);
    int longer = attempt / TRIES_AT_A_LENGTH;
    var text = new StringBuilder();
    if (value.startsWith("0") && longer == 0) {
      text.append('0');
    } else {
      for (int i = 0; i < whole + longer; i++) {
        text.append((char) ('1' + random.next(9)));
      }
    }
    int fraction = Math.min(point < 0 ? 0 : value.length() - point - 1, DIGITS_OF_REAL - whole);
    for (int i = 0; i < fraction; i++) {
      text.append(i == 0 ? "." : "").append((char) ('1' + random.next(9)));
    }
    return text.toString();
  }

  private String uuid(String value, int attempt) {
    var random = new KeyedDigits(key, "uuid " + attempt + ' ' + value);
    var text = new StringBuilder(value);
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) != '-' && i != 14 && i != 19) { // version and variant
        text.setCharAt(i, Character.forDigit(random.next(16), 16));
      }
    }
    return text.toString();
  }

  private String bytes(String value, int attempt) {
    var random = new KeyedDigits(key, "bytes " + attempt + ' ' + value);
    var text = new StringBuilder("\\x");
    for (int i = 2; i < value.length() + 2 * (attempt / TRIES_AT_A_LENGTH); i++) {
      text.append(Character.forDigit(random.next(16), 16));
    }
    return text.toString();
  }

  /** All by the same number of days, so that their order and distance stay. */
  private String shifted(ValueKind kind, String value) {
    if (value.endsWith("infinity")) {
      return value;
    }
    try {
      return switch (kind) {
        case DATE -> LocalDate.parse(value).plusDays(shiftedDays).toString();
        case TIMESTAMP -> TIME.format(LocalDateTime.parse(value, TIME).plusDays(shiftedDays));
        default ->
          TIME_WITH_ZONE.format(
              OffsetDateTime.parse(value, READ_TIME_WITH_ZONE).plusDays(shiftedDays));
      };
    } catch (DateTimeException e) {
      throw new RepriseException(
          "a masked column has a time that cannot be shifted, before the year 1 or after 9999");
    }
  }

  /** The ISO text, as JSON has it, of a time that the database wrote. */
  static String iso(ValueKind kind, String value) {
    if (value.endsWith("infinity")) {
      return value;
    }
    return switch (kind) {
      case TIMESTAMP -> LocalDateTime.parse(value, TIME).toString();
      case TIMESTAMP_WITH_ZONE ->
        OffsetDateTime.parse(value, READ_TIME_WITH_ZONE).toInstant().toString();
      default -> value;
    };
  }
}
