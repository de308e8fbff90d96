package dev.reprise.debugger.cli;

import dev.reprise.debugger.replay.Report;
import dev.reprise.debugger.replay.Timeline;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;

/** Those of a replay. For one thread. */
record ReplayPoints(Timeline timeline) implements Points {
  @Override
  public int size() {
    return timeline.steps().size();
  }

  @Override
  public int point() {
    return timeline.point();
  }

  @Override
  public void goTo(int wanted) {
    timeline.goTo(wanted);
  }

  @Override
  public void makeAnew() {
    int point = timeline.point();
    timeline.close();
    timeline.goTo(point);
  }

  @Override
  public String line(int number) {
    return Report.line(timeline.steps().get(number));
  }

  @Override
  public List<String> told(int number) {
    var verdict = timeline.steps().get(number);
    var lines = new ArrayList<>(verdict.made().isEmpty() ? List.of("no changes") : verdict.made());
    verdict.differences().forEach(difference -> lines.add("! " + difference.text()));
    verdict.notes().forEach(note -> lines.add("note: " + note));
    return lines;
  }

  @Override
  public Connection open() {
    return timeline.open();
  }

  @Override
  public void close() {
    timeline.close();
  }
}
