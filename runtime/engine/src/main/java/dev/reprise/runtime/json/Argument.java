package dev.reprise.runtime.json;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * An argument to read.
 *
 * @param name for calls by name; null where it is not known
 */
public record Argument(@Nullable String name, Type type) {}
