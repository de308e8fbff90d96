package dev.reprise.runtime.function;

import dev.reprise.RegistrationException;
import dev.reprise.Scheduled;
import java.lang.reflect.Method;
import java.time.Instant;
import java.util.Optional;

/**
 * What {@code @Scheduled} on a method says, found fit. Immutable.
 *
 * @param takesTime whether the method has a parameter for the nominal time
 */
public record Schedule(
    String cron,
    String zone,
    Scheduled.Missed missed,
    Scheduled.Overlap overlap,
    boolean takesTime) {
  /** With a nominal time behind it, it still has to be a legal key. */
  private static final int LONGEST_NAME = 150;

  /** Of the method; empty where it has none. */
  public static Optional<Schedule> of(Method method) {
    return Optional.ofNullable(method.getAnnotation(Scheduled.class))
        .map(scheduled -> new Schedule(
            scheduled.cron(),
            scheduled.zone(),
            scheduled.missed(),
            scheduled.overlap(),
            method.getParameterCount() == 1));
  }

  /** Its nominal times. */
  public Timetable timetable() {
    return Timetable.of(cron, zone);
  }

  /**
   * Refuses a method that cannot be scheduled as it says, naming the remedy.
   *
   * @param name of the function
   */
  static void check(Class<?> type, Method method, Policy policy, String name) {
    if (!method.isAnnotationPresent(Scheduled.class)) {
      return;
    }
    if (!(policy instanceof Policy.OfWorkflow)) {
      throw refuse(
          type, method, "only workflows are: call it from a method with @Workflow and @Scheduled");
    }
    var types = method.getParameterTypes();
    if (types.length > 1 || types.length == 1 && types[0] != Instant.class) {
      throw refuse(
          type,
          method,
          "its parameters have no values then: leave them out, or keep one of type Instant,"
              + " which gets the nominal time");
    }
    if (name.length() > LONGEST_NAME) {
      throw refuse(
          type,
          method,
          "its name \"" + name + "\" is longer than " + LONGEST_NAME
              + " characters: give it a shorter one with @Function(\"name\")");
    }
    try {
      var unused = of(method).orElseThrow().timetable();
    } catch (IllegalArgumentException e) {
      throw refuse(type, method, String.valueOf(e.getMessage()));
    }
  }

  private static RegistrationException refuse(Class<?> type, Method method, String problem) {
    return new RegistrationException(Labels.of(type, method) + " cannot be scheduled: " + problem);
  }
}
