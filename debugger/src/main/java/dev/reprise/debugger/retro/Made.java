package dev.reprise.debugger.retro;

import dev.reprise.debugger.replay.Captured;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a body came to, committed or undone.
 *
 * @param output as JSON
 * @param error as JSON
 * @param changes it made; none where it failed
 * @param footprint what it read and wrote, of aborted attempts, too
 * @param attempts how often it was run
 * @param taken how many commits its last attempt saw
 * @param same whether it came out as the original call, which it stands for
 */
record Made(
    @Nullable String output,
    @Nullable String error,
    List<Captured> changes,
    Footprint footprint,
    int attempts,
    int taken,
    boolean same) {
  /** The call's row in the log of this run. */
  OperationRow row(Cue cue, Instant ended) {
    var call = cue.call();
    return new OperationRow(
        call.position(),
        OperationKind.TRANSACTION,
        call.name(),
        call.arguments(),
        output,
        error,
        attempts,
        null,
        null,
        cue.isolation().name(),
        call.now(),
        ended.isBefore(call.now()) ? call.now() : ended);
  }

  /**
   * What a report tells of it.
   *
   * @param inPlaceOf the original calls that it stands for
   * @param ended how many commits there were before it ended
   */
  Performed told(Cue cue, List<String> inPlaceOf, int ended) {
    return new Performed(
        cue.request().id(),
        cue.call().position().toString(),
        cue.call().name(),
        String.valueOf(cue.call().input()),
        cue.isolation(),
        inPlaceOf,
        taken,
        ended,
        !changes.isEmpty(),
        attempts,
        output,
        error,
        changes.stream().map(Captured::text).toList(),
        footprint,
        same);
  }
}
