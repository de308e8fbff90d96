package dev.reprise.debugger.replay;

import dev.reprise.debugger.rebuild.Scratch;
import java.util.List;

/**
 * A state that walks begin with copies of.
 *
 * @param start to be copied, not to be changed
 * @param instruments what was added to it
 * @param notes in what it differs from production
 */
record Ground(Scratch start, Instruments instruments, List<String> notes) {}
