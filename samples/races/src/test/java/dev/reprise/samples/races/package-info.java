@NullMarked
package dev.reprise.samples.races;

import org.jspecify.annotations.NullMarked;
