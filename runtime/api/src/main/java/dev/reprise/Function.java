package dev.reprise;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Renames a function or the class part of the names of all functions of a class; without it a function is called
 * {@code SimpleClassName.method}. On a method the value is the whole name.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Function {
  /** The name: 1-200 characters of {@code [A-Za-z0-9._-]}. */
  String value();
}
