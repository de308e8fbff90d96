package dev.reprise;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How an execution is started. Immutable; begin with {@link #DEFAULT}. */
public final class Options {
  /** A random id and no tags. */
  public static final Options DEFAULT = new Options(null, Map.of());

  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._:@=+-]{1,200}");

  private final @Nullable String id;
  private final Map<String, String> tags;

  private Options(@Nullable String id, Map<String, String> tags) {
    this.id = id;
    this.tags = tags;
  }

  /**
   * The id, which is also the idempotency key: the same id gives the same execution and one effect.
   *
   * @param key 1-200 characters of {@code [A-Za-z0-9._:@=+-]}, not {@code .} or {@code ..}
   * @throws IllegalArgumentException for any other key
   */
  public Options id(String key) {
    return new Options(requireKey(key), tags);
  }

  /** A tag to find the execution by; the last value of a name holds. */
  public Options tag(String name, String value) {
    if (name.isBlank() || name.length() > 100 || value.length() > 200) {
      throw new IllegalArgumentException(
          "a tag has a name of 1-100 and a value of at most 200 characters: " + name);
    }
    var all = new TreeMap<>(tags);
    all.put(name, value);
    return new Options(id, Collections.unmodifiableMap(all));
  }

  /** The id asked for; null for a random one. */
  public @Nullable String id() {
    return id;
  }

  /** The tags, sorted by name. */
  public Map<String, String> tags() {
    return tags;
  }

  /**
   * Checks an idempotency key.
   *
   * @return the key
   * @throws IllegalArgumentException naming what is allowed
   */
  public static String requireKey(String key) {
    if (!KEY.matcher(key).matches() || key.equals(".") || key.equals("..")) {
      throw new IllegalArgumentException(
          "an idempotency key has 1-200 characters of [A-Za-z0-9._:@=+-] and is not \".\" or \"..\"");
    }
    return key;
  }
}
