/** Routes only. */
@NullMarked
package dev.reprise.runtime.http;

import org.jspecify.annotations.NullMarked;
