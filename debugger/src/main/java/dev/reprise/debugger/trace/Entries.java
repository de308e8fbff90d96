package dev.reprise.debugger.trace;

/**
 * What a trace file holds: a zip file of texts, most of them one JSON object or array a line. Objects have the names of the
 * columns of {@code reprise} and {@code reprise_history}.
 */
final class Entries {
  /** Told in the manifest; a reader refuses a higher one. */
  static final int FORMAT_VERSION = 1;

  static final String FORMAT = "reprise-trace";

  /** What the file is, and the hashes of all other entries; written last. */
  static final String MANIFEST = "manifest.json";

  static final String EPOCH = "epoch.jsonl";
  static final String SCHEMAS = "schemas.jsonl";
  static final String RELATIONS = "relations.jsonl";
  static final String UNRECORDED = "unrecorded.jsonl";
  static final String TRANSACTIONS = "transactions.jsonl";
  /** Without their epoch, which is the only one. */
  static final String CHANGES = "changes.jsonl";

  static final String EXECUTIONS = "executions.jsonl";
  static final String OPERATIONS = "operations.jsonl";
  static final String DEPLOYMENTS = "deployments.jsonl";

  private static final String BASE = "base/";

  private Entries() {}

  /** The rows of a table at the start: one array of texts a line. */
  static String base(int relation) {
    return BASE + relation + ".jsonl";
  }

  static boolean isBase(String entry) {
    return entry.startsWith(BASE);
  }

  static int relationOf(String base) {
    return Integer.parseInt(base.substring(BASE.length(), base.indexOf('.')));
  }

  /** The code of a version. */
  static String jar(String version) {
    return "deployments/" + version + ".jar";
  }
}
