/** JSON, exceptions and schemas as text; alone imports Jackson. */
@NullMarked
package dev.reprise.runtime.json;

import org.jspecify.annotations.NullMarked;
