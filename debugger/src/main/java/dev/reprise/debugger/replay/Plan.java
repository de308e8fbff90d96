package dev.reprise.debugger.replay;

import dev.reprise.debugger.history.RecordedTransaction;
import java.util.List;
import java.util.Map;

/**
 * What is to be replayed, and when.
 *
 * @param calls by the numbers that the schedule uses
 * @param recorded every commit of the window by its transaction id
 */
public record Plan(
    Schedule schedule, List<TracedCall> calls, Map<Long, RecordedTransaction> recorded) {}
