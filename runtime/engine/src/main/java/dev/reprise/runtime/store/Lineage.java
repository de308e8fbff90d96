package dev.reprise.runtime.store;

import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where the first operations of a fork come from. What code derives from its execution (ids, keys, random numbers) must be,
 * before the position of the fork, what it was in the original: the copied operations were called with it. Immutable.
 *
 * @param origins the executions that operations were copied from, those with the first positions first; the last is the one
 *     that was forked
 */
public record Lineage(List<Origin> origins) {
  /**
   * An execution that operations were copied from.
   *
   * @param id its public id
   * @param createdAt its start, as {@code Durable.now()} told it before the first operation
   * @param until the operations before this position, and not before that of an earlier origin, are its own
   */
  public record Origin(String id, UUID execution, Instant createdAt, Position until) {}

  public Lineage {
    if (origins.isEmpty()) {
      throw new IllegalArgumentException("a fork has an origin");
    }
    origins = List.copyOf(origins);
  }

  /** That of a fork of this execution, with the operations before the position. */
  public static Lineage ofFork(ExecutionRow forked, Position from) {
    var origins = new ArrayList<Origin>();
    var before = forked.lineage();
    if (before != null) {
      for (Origin origin : before.origins()) {
        if (origin.until().compareTo(from) < 0) {
          origins.add(origin);
        } else {
          origins.add(new Origin(origin.id(), origin.execution(), origin.createdAt(), from));
          break;
        }
      }
    }
    origins.add(new Origin(forked.id(), forked.execution(), forked.createdAt(), from));
    return new Lineage(origins);
  }

  /** The execution whose operation stands at the position; null where it is the fork's own. */
  public @Nullable Origin of(Position position) {
    for (Origin origin : origins) {
      if (position.compareTo(origin.until()) < 0) {
        return origin;
      }
    }
    return null;
  }

  /** The execution that was forked. */
  public Origin forked() {
    return origins.get(origins.size() - 1);
  }

  /** The same with other public ids; for files in which they are masked. */
  public Lineage withIds(UnaryOperator<String> ids) {
    return new Lineage(origins.stream()
        .map(origin -> new Origin(
            ids.apply(origin.id()), origin.execution(), origin.createdAt(), origin.until()))
        .toList());
  }

  /** As it is stored. */
  public String json() {
    return Json.write(origins.stream()
        .map(origin -> new JsonObject()
            .put("id", origin.id())
            .put("execution", origin.execution().toString())
            .put("createdAt", origin.createdAt())
            .put("until", origin.until().toString()))
        .toList());
  }

  /** Reads what {@link #json} wrote; null for null. */
  static @Nullable Lineage parse(@Nullable String json) {
    if (json == null || !(Json.parse(json) instanceof List<?> list)) {
      return null;
    }
    return new Lineage(list.stream().map(Lineage::origin).toList());
  }

  private static Origin origin(@Nullable Object object) {
    if (!(object instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("not an origin: " + object);
    }
    return new Origin(
        String.valueOf(map.get("id")),
        UUID.fromString(String.valueOf(map.get("execution"))),
        Instant.parse(String.valueOf(map.get("createdAt"))),
        Position.parse(String.valueOf(map.get("until"))));
  }
}
