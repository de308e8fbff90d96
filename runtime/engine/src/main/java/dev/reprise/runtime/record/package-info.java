/** Records every committed change of the application's rows into the schema {@code reprise_history}. */
@NullMarked
package dev.reprise.runtime.record;

import org.jspecify.annotations.NullMarked;
