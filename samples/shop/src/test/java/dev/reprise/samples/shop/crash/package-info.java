/** The shop under load while its servers, its database and its payment provider fail. */
@NullMarked
package dev.reprise.samples.shop.crash;

import org.jspecify.annotations.NullMarked;
