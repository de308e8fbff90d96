/**
 * What authors of functions compile against: the annotations, {@link dev.reprise.Durable} for use inside a workflow,
 * and {@link dev.reprise.Reprise} to embed the runtime.
 */
@NullMarked
package dev.reprise;

import org.jspecify.annotations.NullMarked;
