package dev.reprise.debugger.replay;

import java.sql.Connection;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Hears which values the statements of a body ask the database for that are no rows and recorded nowhere: numbers of
 * sequences, the time, random ones. What functions and views of the database ask for is not heard. For the thread of the body.
 */
final class AskedValues implements StatementGate.Watcher {
  private static final Pattern ASKING = Pattern.compile(
      "\\b(?:(nextval|currval|lastval|now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|random"
          + "|random_normal|gen_random_uuid|uuidv4|uuidv7|uuid_generate_v1|uuid_generate_v4|gen_random_bytes"
          + "|pg_current_xact_id|txid_current|pg_backend_pid)\\s*\\("
          + "|(current_timestamp|current_time|current_date|localtimestamp|localtime)\\b)");
  private static final Pattern LITERAL = Pattern.compile("'(?:[^']|'')*'");

  private final TreeSet<String> names = new TreeSet<>();

  @Override
  public void passed(Connection connection, @Nullable String text, boolean failed) {
    if (text != null) {
      names.addAll(in(text));
    }
  }

  /** What one text asks for. */
  static List<String> in(String text) {
    var found = new TreeSet<String>();
    var matcher = ASKING.matcher(LITERAL.matcher(text).replaceAll("''").toLowerCase(Locale.ROOT));
    while (matcher.find()) {
      found.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
    }
    return List.copyOf(found);
  }

  /** All of them, in alphabetical order. */
  List<String> names() {
    return List.copyOf(names);
  }
}
