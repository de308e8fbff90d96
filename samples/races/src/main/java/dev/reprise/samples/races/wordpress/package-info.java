/** From WordPress. */
@NullMarked
package dev.reprise.samples.races.wordpress;

import org.jspecify.annotations.NullMarked;
