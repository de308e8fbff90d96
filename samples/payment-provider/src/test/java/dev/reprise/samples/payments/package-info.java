@NullMarked
package dev.reprise.samples.payments;

import org.jspecify.annotations.NullMarked;
