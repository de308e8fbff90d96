/** Principals, tokens, roles. */
@NullMarked
package dev.reprise.runtime.security;

import org.jspecify.annotations.NullMarked;
