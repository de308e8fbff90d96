package dev.reprise.debugger.report;

import dev.reprise.debugger.retro.Performed;
import dev.reprise.debugger.retro.Redone;
import dev.reprise.debugger.retro.Redone.How;
import dev.reprise.runtime.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * What came of running other code over a recorded past. Immutable.
 *
 * @param run what was run on what
 * @param executions what became of each
 * @param transactions those of the run with other code, in the order in which they ended
 * @param originals those of the recorded run, likewise
 * @param state in what the end states differ
 * @param checks what each check returned on both
 * @param notes how steps were answered, what could not be applied, in what scratch differs from production
 */
public record RetroReport(
    Run run,
    List<Redone> executions,
    List<Performed> transactions,
    List<Original> originals,
    StateDifference state,
    List<CheckResult> checks,
    List<String> notes) {
  /** Copies the lists. */
  public RetroReport {
    executions = List.copyOf(executions);
    transactions = List.copyOf(transactions);
    originals = List.copyOf(originals);
    checks = List.copyOf(checks);
    notes = List.copyOf(notes);
  }

  /**
   * What was run on what, for people.
   *
   * @param original the code that ran
   * @param changed the code that was run now
   * @param steps how calls of steps were answered
   * @param recordedOn the version of the server that ran the original
   * @param performedOn the version of the scratch server
   */
  public record Run(
      String original, String changed, String steps, String recordedOn, String performedOn) {}

  /** What is asked of the changed code. */
  public enum Expect {
    /** That no check is broken. */
    CHECKS,
    /** That it changes nothing: neither an outcome nor a row. */
    SAME
  }

  /**
   * The answer.
   *
   * @param met whether it is as expected
   * @param why in words
   */
  public record Verdict(boolean met, String why) {}

  /** Whether no check is broken with the changed code. */
  public Verdict verdict() {
    return verdict(Expect.CHECKS);
  }

  /** Whether it is as expected. */
  public Verdict verdict(Expect expect) {
    long unended = unended();
    if (unended > 0) {
      return new Verdict(false, Words.count(unended, "execution") + " did not come to the end");
    }
    return switch (expect) {
      case CHECKS -> {
        long broken = checks.stream().filter(CheckResult::broken).count();
        var why =
            checks.isEmpty() ? "no check was given" : Words.count(broken, "check") + " broken";
        yield new Verdict(broken == 0, why);
      }
      case SAME -> {
        long outcomes = executions.stream().filter(RetroReport::isOtherOutcome).count();
        boolean same = outcomes == 0 && state.isSame();
        var why = same
            ? "outcomes and rows are the same"
            : "outcome of %d changed, %s"
                .formatted(outcomes, Words.differ(state.total()) + oneSided());
        yield new Verdict(same, why);
      }
    };
  }

  /** How many executions were run and did not come to their end, so that nothing can be said of the change. */
  public long unended() {
    return executions.stream().filter(Redone::isUnended).count();
  }

  /** Whether the code was run again and ended otherwise. */
  static boolean isOtherOutcome(Redone execution) {
    return execution.how() == How.RUN && execution.isChanged();
  }

  /** One line that says it all. */
  public String summary() {
    var parts = new ArrayList<String>();
    parts.add(Words.count(count(How.RUN), "execution") + " run again");
    if (count(How.UNAFFECTED) > 0) {
      parts.add(count(How.UNAFFECTED) + " unaffected");
    }
    if (count(How.SKIPPED) > 0) {
      parts.add(count(How.SKIPPED) + " left out");
    }
    if (unended() > 0) {
      parts.add(unended() + " of them DID NOT COME TO THE END");
    }
    var line = String.join(", ", parts) + "; outcome of "
        + executions.stream().filter(RetroReport::isOtherOutcome).count() + " changed; "
        + Words.differ(state.total())
        + oneSided();
    if (checks.isEmpty()) {
      return line;
    }
    return line + "; checks: "
        + checks.stream().filter(check -> !check.before().isEmpty()).count() + " broken before, "
        + checks.stream().filter(CheckResult::broken).count() + " after";
  }

  private String oneSided() {
    return state.oneSided().isEmpty()
        ? ""
        : ", " + Words.count(state.oneSided().size(), "table") + " on one side only";
  }

  private long count(How how) {
    return executions.stream().filter(execution -> execution.how() == how).count();
  }

  /** For people, for a terminal. */
  public String text() {
    return new ReportText(this).write();
  }

  /** For programs. */
  public JsonObject json() {
    return ReportJson.of(this);
  }

  /** For people: one page that needs nothing beside itself, and no script. */
  public String html() {
    return new ReportHtml(this).write();
  }
}
