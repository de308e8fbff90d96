package dev.reprise.runtime.function;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of a function.
 *
 * @param name from {@code @Param} or {@code -parameters}; null where the class file does not tell
 * @param type with its generic arguments
 */
public record Parameter(@Nullable String name, Type type) {}
