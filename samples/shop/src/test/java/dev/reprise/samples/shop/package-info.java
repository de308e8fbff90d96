@NullMarked
package dev.reprise.samples.shop;

import org.jspecify.annotations.NullMarked;
