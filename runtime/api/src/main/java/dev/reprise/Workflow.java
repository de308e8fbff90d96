package dev.reprise;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Orchestrates transactions, steps and child workflows. After a crash the method is run again from its log: calls that
 * are recorded return what was recorded, the first that is not runs.
 *
 * <p>The method must be deterministic: given the same arguments and the same recorded outcomes it makes the same calls
 * in the same order. Time, randomness and identifiers come from {@link Durable}. Where it waits, the method is unwound
 * by an {@link Error}, which runs its {@code finally} blocks: these must be free of effects outside the workflow.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Workflow {
  /** The time within which the workflow must end, from its creation; empty for no limit. Past it, it is undone and ends as timed out. */
  String timeout() default "";
}
