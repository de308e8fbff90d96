/** Settings: alone reads environment and files; small records that refuse bad values. */
@NullMarked
package dev.reprise.runtime.config;

import org.jspecify.annotations.NullMarked;
