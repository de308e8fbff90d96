package dev.reprise.runtime.postgres;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The settings every session of a pool begins with, in the two forms in which a server takes them. Immutable. */
final class SessionSettings {
  private static final Map<String, String> COMMON = ordered(
      "TimeZone", "UTC",
      "idle_in_transaction_session_timeout", "60000",
      "tcp_keepalives_idle", "5",
      "tcp_keepalives_interval", "2",
      "tcp_keepalives_count", "3",
      "tcp_user_timeout", "10000");

  private final Map<String, String> values = new LinkedHashMap<>();

  private SessionSettings(String isolation) {
    values.put("default_transaction_isolation", isolation);
    values.putAll(COMMON);
  }

  private SessionSettings(Map<String, String> values) {
    this.values.putAll(values);
  }

  /** With that default isolation level, {@code serializable} or {@code read committed}. */
  static SessionSettings withIsolation(String isolation) {
    return new SessionSettings(isolation);
  }

  /** The same with that search path. */
  SessionSettings withSearchPath(String path) {
    var changed = new SessionSettings(values);
    changed.values.put("search_path", path);
    return changed;
  }

  /** For the startup parameter {@code options}: they survive RESET and DISCARD. */
  String asStartupOptions() {
    return values.entrySet().stream()
        .map(setting -> "-c " + setting.getKey() + "=" + setting.getValue().replace(" ", "\\ "))
        .collect(Collectors.joining(" "));
  }

  /** For a session that is already open. */
  String asStatements() {
    return values.entrySet().stream()
        .map(setting -> "SET " + setting.getKey() + " = '" + setting.getValue() + "'")
        .collect(Collectors.joining("; "));
  }

  private static Map<String, String> ordered(String... pairs) {
    var map = new LinkedHashMap<String, String>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }
}
