package dev.reprise.debugger.retro;

import dev.reprise.debugger.replay.Captured;
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
    boolean same) {}
