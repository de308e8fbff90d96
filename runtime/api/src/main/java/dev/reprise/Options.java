package dev.reprise;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How an execution is started. Immutable; begin with {@link #DEFAULT}. */
public final class Options {
  /** A random id, no tags, no queue: it is started at once. */
  public static final Options DEFAULT = new Options(new Fields());

  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._:@=+-]{1,200}");
  private static final Duration LONGEST_DELAY = Duration.ofDays(36_600);

  private final Fields fields;

  private Options(Fields fields) {
    this.fields = fields;
  }

  /** The values, copied for each change and never changed after that. */
  private static final class Fields {
    private @Nullable String id;
    private Map<String, String> tags = Map.of();
    private @Nullable String queue;
    private int priority;
    private @Nullable String partition;
    private @Nullable String deduplication;
    private Duration delay = Duration.ZERO;

    private Fields copy() {
      var copy = new Fields();
      copy.id = id;
      copy.tags = tags;
      copy.queue = queue;
      copy.priority = priority;
      copy.partition = partition;
      copy.deduplication = deduplication;
      copy.delay = delay;
      return copy;
    }
  }

  /**
   * The id, which is also the idempotency key: the same id gives the same execution and one effect.
   *
   * @param key 1-200 characters of {@code [A-Za-z0-9._:@=+-]}, not {@code .} or {@code ..}
   * @throws IllegalArgumentException for any other key
   */
  public Options id(String key) {
    var changed = fields.copy();
    changed.id = requireKey(key);
    return new Options(changed);
  }

  /** A tag to find the execution by; the last value of a name holds. */
  public Options tag(String name, String value) {
    if (name.isBlank() || name.length() > 100 || value.length() > 200) {
      throw new IllegalArgumentException(
          "a tag has a name of 1-100 and a value of at most 200 characters: " + name);
    }
    var all = new TreeMap<>(fields.tags);
    all.put(name, value);
    var changed = fields.copy();
    changed.tags = Collections.unmodifiableMap(all);
    return new Options(changed);
  }

  /**
   * Puts the execution into a queue: it is started when its turn comes, by any node. The time of a {@link Workflow#timeout()}
   * begins with its start.
   *
   * @param name of a {@link WorkQueue} that is declared; a start with another is refused with {@link UnknownQueueException}
   * @throws IllegalArgumentException for what cannot be a name
   */
  public Options queue(String name) {
    var changed = fields.copy();
    changed.queue = WorkQueue.requireName(name);
    return new Options(changed);
  }

  /** The place in the queue: higher comes first; 0 unless set. It needs a queue. */
  public Options priority(int value) {
    var changed = fields.copy();
    changed.priority = value;
    return new Options(changed);
  }

  /**
   * A part of the queue that is served in order, one execution at a time; independent of the others. It needs a queue.
   *
   * @param key 1-200 printable characters
   * @throws IllegalArgumentException for any other key
   */
  public Options partition(String key) {
    var changed = fields.copy();
    changed.partition = requirePrintable("a partition", key);
    return new Options(changed);
  }

  /**
   * While an execution with this key in this queue has not ended, a start gives that execution, whatever the arguments; it
   * must be one of the same function. It needs a queue.
   *
   * @param key 1-200 printable characters
   * @throws IllegalArgumentException for any other key
   */
  public Options deduplicate(String key) {
    var changed = fields.copy();
    changed.deduplication = requirePrintable("a deduplication key", key);
    return new Options(changed);
  }

  /**
   * Starts the execution not before this time has passed; with a queue, it enters the line then.
   *
   * @throws IllegalArgumentException for a negative time, or more than 100 years
   */
  public Options delay(Duration time) {
    if (time.isNegative() || time.compareTo(LONGEST_DELAY) > 0) {
      throw new IllegalArgumentException("a delay is between nothing and 36,600 days, not " + time);
    }
    var changed = fields.copy();
    changed.delay = time;
    return new Options(changed);
  }

  /** The id asked for; null for a random one. */
  public @Nullable String id() {
    return fields.id;
  }

  /** The tags, sorted by name. */
  public Map<String, String> tags() {
    return fields.tags;
  }

  /** The queue; null for none. */
  public @Nullable String queue() {
    return fields.queue;
  }

  /** The priority in the queue. */
  public int priority() {
    return fields.priority;
  }

  /** The partition of the queue; null for none. */
  public @Nullable String partition() {
    return fields.partition;
  }

  /** The key of which there is one living execution in the queue; null for none. */
  public @Nullable String deduplication() {
    return fields.deduplication;
  }

  /** How long it is not to be started. */
  public Duration delay() {
    return fields.delay;
  }

  /**
   * Checks that what belongs to a queue goes with one.
   *
   * @return these options
   * @throws IllegalArgumentException a priority, partition or deduplication key without a queue
   */
  public Options requireConsistent() {
    if (fields.queue == null) {
      var without = fields.partition != null
          ? "a partition"
          : fields.deduplication != null
              ? "a deduplication key"
              : fields.priority != 0 ? "a priority" : null;
      if (without != null) {
        throw new IllegalArgumentException(without + " needs a queue: name one");
      }
    }
    return this;
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

  private static String requirePrintable(String what, String text) {
    if (text.isBlank()
        || text.length() > 200
        || text.chars()
            .anyMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c))) {
      throw new IllegalArgumentException(what + " has 1-200 printable characters");
    }
    return text;
  }
}
