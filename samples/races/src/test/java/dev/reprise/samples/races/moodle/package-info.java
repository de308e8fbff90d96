@NullMarked
package dev.reprise.samples.races.moodle;

import org.jspecify.annotations.NullMarked;
