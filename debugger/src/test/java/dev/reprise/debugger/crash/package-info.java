/** What is recorded is faithful whoever is killed: the node, which records, and the database. */
@NullMarked
package dev.reprise.debugger.crash;

import org.jspecify.annotations.NullMarked;
