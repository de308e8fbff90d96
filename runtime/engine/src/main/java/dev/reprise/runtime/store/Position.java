package dev.reprise.runtime.store;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The place of an operation in its execution: {@code 3.1.2} is the second operation of the first branch begun at the
 * third position. Ordered as the numbers are, a prefix first. Immutable.
 */
public final class Position implements Comparable<Position> {
  private final int[] parts;

  private Position(int[] parts) {
    this.parts = parts;
  }

  /** A position of the main branch, from 1. */
  public static Position of(int number) {
    return new Position(new int[] {requirePositive(number)});
  }

  /**
   * Reads the dotted form.
   *
   * @throws IllegalArgumentException where it is none
   */
  public static Position parse(String dotted) {
    var texts = dotted.split("\\.", -1);
    var parts = new int[texts.length];
    for (int i = 0; i < texts.length; i++) {
      try {
        parts[i] = requirePositive(Integer.parseInt(texts[i]));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "not a position: \"" + dotted + "\"; positions look like 3 or 3.1.2", e);
      }
    }
    return new Position(parts);
  }

  /** The position below this one. */
  public Position child(int number) {
    var longer = Arrays.copyOf(parts, parts.length + 1);
    longer[parts.length] = requirePositive(number);
    return new Position(longer);
  }

  /** The position at which the branch of this one was begun; null for the main branch. */
  public @Nullable Position parent() {
    return parts.length == 1 ? null : new Position(Arrays.copyOf(parts, parts.length - 1));
  }

  /** How many numbers it has. */
  public int depth() {
    return parts.length;
  }

  /** One of its numbers, from 0. */
  public int part(int index) {
    return parts[index];
  }

  /** Whether this is a position of a branch begun at {@code other}, or of a branch of that. */
  public boolean isBelow(Position other) {
    return parts.length > other.parts.length
        && Arrays.equals(Arrays.copyOf(parts, other.parts.length), other.parts);
  }

  private static int requirePositive(int number) {
    if (number < 1) {
      throw new IllegalArgumentException("positions count from 1, not " + number);
    }
    return number;
  }

  @Override
  public int compareTo(Position other) {
    return Arrays.compare(parts, other.parts);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Position position && Arrays.equals(parts, position.parts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(parts);
  }

  @Override
  public String toString() {
    return Arrays.stream(parts).mapToObj(Integer::toString).collect(Collectors.joining("."));
  }
}
