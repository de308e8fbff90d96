@NullMarked
package dev.reprise.samples.purchasing;

import org.jspecify.annotations.NullMarked;
