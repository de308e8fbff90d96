/**
 * Purchase orders that wait days for somebody's approval: a long conversation (messages, reminders, events), mail through a
 * queue, and a weekly digest on a schedule.
 */
@NullMarked
package dev.reprise.samples.purchasing;

import org.jspecify.annotations.NullMarked;
