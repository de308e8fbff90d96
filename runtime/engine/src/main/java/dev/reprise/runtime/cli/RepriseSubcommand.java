package dev.reprise.runtime.cli;

import java.util.concurrent.Callable;

/**
 * A subcommand of {@code reprise}: a class with picocli's {@code @Command}, found by {@link java.util.ServiceLoader}. It
 * reaches the common options by a field {@code @ParentCommand RepriseCommand}.
 *
 * <p>The call gives the exit code: {@link RepriseCommand#OK} or {@link RepriseCommand#NEGATIVE}. What cannot be run
 * throws a {@link dev.reprise.RepriseException} whose message is shown.
 */
public interface RepriseSubcommand extends Callable<Integer> {}
