package dev.reprise.debugger.explore;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Schedules as text, one word for each event: {@code order-1:take order-2:take order-1:end order-2:end}. The number of a
 * transaction is not written: it follows from the words before. White space, {@code %} and {@code +} in the name of an
 * actor are written as in URLs.
 */
public final class Schedules {
  private static final Pattern ESCAPED = Pattern.compile("[\\s%+\\p{Z}\\p{C}]");
  private static final Pattern ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  private Schedules() {}

  /**
   * The text.
   *
   * @throws IllegalArgumentException if the events are no schedule: numbers are left out, or an END has no TAKE
   */
  public static String format(List<Event> schedule) {
    var counted = new Counted();
    var words = new ArrayList<String>();
    for (var event : schedule) {
      if (event.actor().isEmpty()) {
        throw new IllegalArgumentException("An actor of a schedule needs a name");
      }
      var expected = counted.next(event.actor(), event.kind(), event.toString());
      if (!expected.equals(event)) {
        throw new IllegalArgumentException(
            event + " cannot come here: the next of its actor is transaction " + expected.number());
      }
      words.add(escape(event.actor()) + ":" + event.kind().name().toLowerCase(Locale.ROOT));
    }
    return String.join(" ", words);
  }

  /**
   * The events.
   *
   * @throws IllegalArgumentException naming the word that is wrong
   */
  public static List<Event> parse(String text) {
    var counted = new Counted();
    var events = new ArrayList<Event>();
    for (var word : text.strip().split("\\s+", -1)) {
      if (!word.isEmpty()) {
        var place = "Word " + (events.size() + 1) + " of the schedule, " + word + ",";
        int colon = word.lastIndexOf(':');
        if (colon < 1) {
          throw new IllegalArgumentException(
              place + " is not of the form order-1:take, order-1:end or order-1:whole");
        }
        if (ESCAPE.matcher(word).find()) {
          throw new IllegalArgumentException(
              place + " has a % that is not followed by two hex digits");
        }
        var actor = URLDecoder.decode(word.substring(0, colon), StandardCharsets.UTF_8);
        events.add(counted.next(actor, kind(word.substring(colon + 1), place), place));
      }
    }
    return events;
  }

  private static Event.Kind kind(String name, String place) {
    for (var kind : Event.Kind.values()) {
      if (kind.name().equalsIgnoreCase(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(place + " does not end in :take, :end or :whole");
  }

  private static String escape(String actor) {
    return ESCAPED.matcher(actor).replaceAll(found -> {
      var hex = new StringBuilder();
      for (byte each : found.group().getBytes(StandardCharsets.UTF_8)) {
        hex.append(String.format(Locale.ROOT, "%%%02X", each));
      }
      return hex.toString();
    });
  }

  /** Numbers the transactions of actors. */
  private static final class Counted {
    private final HashMap<String, Integer> begun = new HashMap<>();
    private final HashSet<String> open = new HashSet<>();

    Event next(String actor, Event.Kind kind, String place) {
      if (kind == Event.Kind.END) {
        if (!open.remove(actor)) {
          throw new IllegalArgumentException(
              place + " ends a transaction whose take does not come before");
        }
      } else {
        if (open.contains(actor)) {
          throw new IllegalArgumentException(
              place + " begins a transaction before the actor's last one ended");
        }
        begun.merge(actor, 1, Integer::sum);
        if (kind == Event.Kind.TAKE) {
          open.add(actor);
        }
      }
      return new Event(actor, begun.getOrDefault(actor, 1), kind);
    }
  }
}
