/** The seam between the public API and the engine. Unpublished: it may change in any release. */
@NullMarked
package dev.reprise.spi;

import org.jspecify.annotations.NullMarked;
