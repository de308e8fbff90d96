package dev.reprise.runtime.config;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the database is and how many connections it is asked for.
 *
 * @param url a JDBC URL of pgjdbc, {@code jdbc:postgresql://host:5432/database}; may carry {@code user} and
 *     {@code password} as parameters
 * @param user null for the URL's, else the operating system's
 * @param password null for the URL's, else that of the password file ({@code ~/.pgpass})
 * @param callConnections how many business transactions run at once, default 16
 * @param logConnections for reading and group writes of the operation log, default 4
 * @param housekeepingConnections for heartbeats and recovery, default 2
 */
public record DatabaseConfig(
    String url,
    @Nullable String user,
    @Nullable String password,
    int callConnections,
    int logConnections,
    int housekeepingConnections) {
  public static final int DEFAULT_CALL_CONNECTIONS = 16;
  public static final int DEFAULT_LOG_CONNECTIONS = 4;
  public static final int DEFAULT_HOUSEKEEPING_CONNECTIONS = 2;

  private static final String PREFIX = "jdbc:postgresql:";
  private static final Pattern SECRET_PARAMETER =
      Pattern.compile("([?&](?:ssl)?password=)[^&]*", Pattern.CASE_INSENSITIVE);
  private static final Pattern SECRET_AUTHORITY = Pattern.compile("(://[^/?@:]*:)[^?]*@");

  public DatabaseConfig {
    if (!url.startsWith(PREFIX) || url.length() == PREFIX.length()) {
      throw new IllegalArgumentException("not the JDBC URL of a PostgreSQL database: \""
          + masked(url)
          + "\"; it looks like jdbc:postgresql://host:5432/database");
    }
    requirePositive("callConnections", callConnections);
    requirePositive("logConnections", logConnections);
    requirePositive("housekeepingConnections", housekeepingConnections);
  }

  /** The database at that URL, with default sizes. */
  public static DatabaseConfig of(String url) {
    return of(url, null, null);
  }

  /** The database at that URL for that user, with default sizes. */
  public static DatabaseConfig of(String url, @Nullable String user, @Nullable String password) {
    return new DatabaseConfig(
        url,
        user,
        password,
        DEFAULT_CALL_CONNECTIONS,
        DEFAULT_LOG_CONNECTIONS,
        DEFAULT_HOUSEKEEPING_CONNECTIONS);
  }

  /** The same with another number of business transactions at once. */
  public DatabaseConfig withCallConnections(int number) {
    return new DatabaseConfig(url, user, password, number, logConnections, housekeepingConnections);
  }

  /** The URL without secrets, for logs and messages. */
  public String maskedUrl() {
    return masked(url);
  }

  /** The same with other credentials where they are given. */
  public DatabaseConfig withCredentials(@Nullable String newUser, @Nullable String newPassword) {
    return new DatabaseConfig(
        url,
        newUser == null ? user : newUser,
        newPassword == null ? password : newPassword,
        callConnections,
        logConnections,
        housekeepingConnections);
  }

  @Override
  public String toString() {
    return "DatabaseConfig[url=" + maskedUrl()
        + ", user=" + user
        + ", password=" + (password == null ? "none" : "***")
        + ", callConnections=" + callConnections
        + ", logConnections=" + logConnections
        + ", housekeepingConnections=" + housekeepingConnections + "]";
  }

  static String masked(String url) {
    String withoutParameters = SECRET_PARAMETER.matcher(url).replaceAll("$1***");
    return SECRET_AUTHORITY.matcher(withoutParameters).replaceAll("$1***@");
  }

  private static void requirePositive(String name, int number) {
    if (number < 1) {
      throw new IllegalArgumentException(name + " is at least 1, not " + number);
    }
  }
}
