/** What the code as a whole keeps to: layers, owners of libraries, tidiness. */
@NullMarked
package dev.reprise.architecture;

import org.jspecify.annotations.NullMarked;
