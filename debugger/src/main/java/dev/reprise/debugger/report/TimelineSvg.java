package dev.reprise.debugger.report;

import dev.reprise.debugger.report.Timeline.Bar;
import dev.reprise.debugger.report.Timeline.Lane;
import java.util.List;
import java.util.Locale;

/** Draws a {@link Timeline}: the recorded run above, the run with the changed code below, on one axis of commits. */
final class TimelineSvg {
  private static final int GUTTER = 190;
  private static final int WIDTH = 960;
  private static final int ROW = 26;
  private static final int GAP = 6;
  private static final double CHARACTER = 6.7;

  private final Timeline timeline;
  private final Html html;
  private final double place;
  private final int right;

  private TimelineSvg(Timeline timeline, Html html) {
    this.timeline = timeline;
    this.html = html;
    this.place = Math.max(56, Math.min(150, (double) WIDTH / timeline.places()));
    this.right = (int) Math.ceil(GUTTER + timeline.places() * place);
  }

  static void draw(Timeline timeline, Html html) {
    new TimelineSvg(timeline, html).draw();
  }

  private void draw() {
    int first = 30;
    int second = first + height(timeline.original()) + 46;
    int bottom = second + height(timeline.changed());
    int width = Math.max(right + 16, 420);
    html.raw(
        ("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d"
                + " %d\" role=\"img\" aria-label=\"Transactions of both runs over their commits\">")
            .formatted(width, bottom + 30, width, bottom + 30));
    lanes("As it was recorded", timeline.original(), first);
    lanes("With the changed code", timeline.changed(), second);
    for (int commit = 0; commit <= timeline.places(); commit++) {
      for (int[] part :
          new int[][] {{first, first + height(timeline.original())}, {second, bottom}}) {
        html.raw("<line class=\"grid\" x1=\"%1$s\" y1=\"%2$d\" x2=\"%1$s\" y2=\"%3$d\"/>"
            .formatted(number(x(commit)), part[0], part[1]));
      }
      html.raw("<text class=\"tick\" x=\"%s\" y=\"%d\">%d</text>"
          .formatted(number(x(commit)), bottom + 16, commit));
    }
    html.raw("<text class=\"of\" x=\"0\" y=\"%d\">commits so far</text>".formatted(bottom + 16));
    bars(timeline.original(), first);
    bars(timeline.changed(), second);
    html.raw("</svg>");
  }

  private void lanes(String title, List<Lane> lanes, int top) {
    html.raw("<text class=\"group\" x=\"0\" y=\"%d\">".formatted(top - 10))
        .text(title)
        .raw("</text>");
    int y = top;
    for (var lane : lanes) {
      int height = height(lane);
      html.raw("<rect class=\"lane\" x=\"0\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\"/>"
          .formatted(y, right, height - 3));
      html.raw("<text x=\"8\" y=\"%d\">".formatted(y + 14))
          .text(Words.cut(lane.execution(), 26))
          .raw("<title>")
          .text(lane.execution())
          .raw("</title></text>");
      html.raw("<text class=\"of\" x=\"8\" y=\"%d\">".formatted(y + 27))
          .text(Words.cut(lane.function(), 30))
          .raw("</text>");
      y += height;
    }
  }

  private void bars(List<Lane> lanes, int top) {
    int y = top;
    for (var lane : lanes) {
      int inner = lane.rows() * ROW;
      int offset = (height(lane) - 3 - inner) / 2;
      for (var bar : lane.bars()) {
        bar(bar, y + offset + bar.row() * ROW + 2);
      }
      y += height(lane);
    }
  }

  private void bar(Bar bar, int y) {
    double from = x(bar.from()) + 2;
    double width = Math.max(6, x(bar.to()) - 2 - from);
    var style = "bar " + bar.kind().style() + (bar.committed() ? "" : " open")
        + (bar.attempts() > 1 ? " again" : "");
    html.raw("<g class=\"" + style + "\"><title>")
        .text(String.join("\n", bar.facts()))
        .raw("</title>");
    html.raw("<rect x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\" rx=\"4\"/>"
        .formatted(number(from), y, number(width), ROW - 4));
    var label = bar.text().substring(bar.text().lastIndexOf('.') + 1)
        + (bar.attempts() > 1 ? " ×" + bar.attempts() : "");
    int room = (int) ((width - 10) / CHARACTER);
    if (room >= 3) {
      html.raw("<text x=\"%s\" y=\"%d\">".formatted(number(from + 6), y + 15))
          .text(Words.cut(label, room))
          .raw("</text>");
    }
    html.raw("</g>");
  }

  private static int height(List<Lane> lanes) {
    return lanes.stream().mapToInt(TimelineSvg::height).sum();
  }

  private static int height(Lane lane) {
    return Math.max(36, lane.rows() * ROW + GAP) + 3;
  }

  private double x(double at) {
    return GUTTER + at * place;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
