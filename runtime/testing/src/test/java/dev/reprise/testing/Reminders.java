package dev.reprise.testing;

import dev.reprise.Durable;
import dev.reprise.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Workflows that wait. */
public class Reminders {
  private final Counters counters;
  private final Mail mail;

  public Reminders(Counters counters, Mail mail) {
    this.counters = counters;
    this.mail = mail;
  }

  /** Counts and sends a mail once a day; gives the time of each. */
  @Workflow
  public List<Instant> daily(String name, int days) throws Exception {
    var times = new ArrayList<Instant>();
    for (int day = 0; day < days; day++) {
      Durable.sleep(Duration.ofDays(1));
      counters.add(name, 1);
      mail.send(name);
      times.add(Durable.now());
    }
    return times;
  }

  @Workflow
  public List<Instant> dailyByChild(String name, int days) throws Exception {
    return daily(name, days);
  }

  @Workflow(timeout = "1h")
  public void impatient(String name) throws Exception {
    Durable.sleep(Duration.ofDays(1));
    counters.add(name, 1);
  }

  /** Waits for an approval, and reminds of it once a week. */
  @Workflow
  public String approved(String order) {
    for (int week = 0; ; week++) {
      var by = Durable.receive("approval", String.class, Duration.ofDays(7));
      if (by.isPresent()) {
        return order + " by " + by.get() + " after " + week;
      }
      Durable.publish("reminders", week + 1);
    }
  }

  @Workflow
  public String mailed(String name) throws Exception {
    return mail.send(name);
  }
}
