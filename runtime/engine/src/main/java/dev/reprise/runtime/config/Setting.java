package dev.reprise.runtime.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Everything that can be set for a command. The key is that of the flag ({@code --max-wait}) and of the configuration file
 * ({@code max-wait=60s}); the environment variable is {@code REPRISE_MAX_WAIT}.
 */
public enum Setting {
  /** The JDBC URL; none for an embedded server in {@code .reprise/}. */
  DATABASE,
  /** Its user; none for that of the URL. */
  DATABASE_USER,
  /** Its password; never a flag. */
  DATABASE_PASSWORD,
  /** How many business transactions run at once. */
  DATABASE_CONNECTIONS("16"),
  /** The jars to serve, separated by commas. */
  FUNCTIONS,
  /** Whether the jars' migrations are run. */
  MIGRATE("true"),
  /** The address to listen on. */
  HOST(HttpConfig.LOOPBACK),
  /** The port to listen on. */
  PORT("8080"),
  /** How long a call is held before it is answered with 202. */
  MAX_WAIT("60s"),
  /** How many bytes a body may have. */
  MAX_BODY("1048576"),
  /** How many bytes a jar may have that is deployed over HTTP. */
  MAX_JAR("104857600"),
  /** Names of this server, besides loopback, that requests may carry. */
  ALLOWED_HOSTS,
  /** Origins, besides the server's own, that requests may carry. */
  ALLOWED_ORIGINS,
  /** Whether others than this machine may call, without credentials. */
  INSECURE("false"),
  /** How many executions run at once. */
  MAX_RUNNING("256"),
  /** How often an execution may go on after the death of its node before it is parked. */
  MAX_RECOVERIES("20"),
  /** How many bytes of JSON a result, an outcome of a step or an input from code may have. */
  MAX_VALUE("4194304"),
  /** How many operations the log of an execution may have. */
  MAX_OPERATIONS("50000"),
  /** How long a node may be silent before others take over. */
  DEATH_TIMEOUT("7s"),
  /** How long running calls may take when the server stops. */
  SHUTDOWN_GRACE("25s"),
  /** Whether changes are recorded: on, off, or auto, which is on where the database allows it. */
  RECORD("auto"),
  /** How much of its log the database may keep for the recording before that gives up. */
  RECORD_MAX_LAG("10GiB"),
  /** How long ended executions are kept, and the change history with them; none for ever. */
  RETENTION,
  /** The same for executions that did not succeed; none for the same time. */
  RETENTION_FAILED,
  /** The server that client commands call. */
  URL("http://127.0.0.1:8080"),
  /** What client commands show to the server; never a flag. */
  TOKEN;

  private final String fallback;

  Setting() {
    this("");
  }

  Setting(String fallback) {
    this.fallback = fallback;
  }

  /** The setting of that key. */
  public static Optional<Setting> of(String key) {
    return Arrays.stream(values()).filter(setting -> setting.key().equals(key)).findFirst();
  }

  /** {@code max-wait}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** {@code REPRISE_MAX_WAIT}. */
  public String variable() {
    return "REPRISE_" + name();
  }

  /** What holds where nobody says anything; empty for nothing. */
  public String fallback() {
    return fallback;
  }

  /** Whether its value is shown to nobody; its variable may then name a file instead: {@code REPRISE_TOKEN_FILE}. */
  public boolean isSecret() {
    return this == DATABASE_PASSWORD || this == TOKEN;
  }
}
