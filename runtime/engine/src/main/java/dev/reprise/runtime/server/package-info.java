/** The composition root: the only place that wires services together. */
@NullMarked
package dev.reprise.runtime.server;

import org.jspecify.annotations.NullMarked;
