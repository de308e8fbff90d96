/** Versions of the code and their class loaders. */
@NullMarked
package dev.reprise.runtime.deploy;

import org.jspecify.annotations.NullMarked;
