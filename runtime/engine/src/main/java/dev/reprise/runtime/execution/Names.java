package dev.reprise.runtime.execution;

import java.util.regex.Pattern;

/** What topics, keys of events and ids of changes look like: they stand in addresses, and in lists without quotes. */
public final class Names {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:@=+-]{1,200}");

  private Names() {}

  /**
   * Checks a name.
   *
   * @param what it is, as "a topic"
   * @return the name
   * @throws IllegalArgumentException naming what is allowed
   */
  public static String require(String what, String name) {
    if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException(
          what + " has 1-200 characters of [A-Za-z0-9._:@=+-] and is not \".\" or \"..\"");
    }
    return name;
  }
}
