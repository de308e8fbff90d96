/**
 * Tests of functions with JUnit 5: {@link dev.reprise.testing.RepriseExtension} runs them as a server does, against a fresh
 * PostgreSQL, and lets time pass.
 */
@NullMarked
package dev.reprise.testing;

import org.jspecify.annotations.NullMarked;
