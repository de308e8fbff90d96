/** What a run with other code changed: states compared, checks, correction SQL, and the report for people and programs. */
@NullMarked
package dev.reprise.debugger.report;

import org.jspecify.annotations.NullMarked;
