/** Tests of functions, against a real PostgreSQL. */
@NullMarked
package dev.reprise.testing;

import org.jspecify.annotations.NullMarked;
