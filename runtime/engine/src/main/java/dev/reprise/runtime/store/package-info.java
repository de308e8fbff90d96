/** Every statement on the schema reprise, one class per table group. */
@NullMarked
package dev.reprise.runtime.store;

import org.jspecify.annotations.NullMarked;
