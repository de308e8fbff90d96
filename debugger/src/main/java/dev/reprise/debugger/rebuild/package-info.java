/** The state of a database as a snapshot saw it, made anew in a scratch database; and recorded changes applied there. */
@NullMarked
package dev.reprise.debugger.rebuild;

import org.jspecify.annotations.NullMarked;
