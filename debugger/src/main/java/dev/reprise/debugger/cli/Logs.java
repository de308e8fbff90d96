package dev.reprise.debugger.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

/** What the debugger's commands log: who asks a question wants the answer, not how a scratch server fares. */
final class Logs {
  private static final String OWN_FILE = "logback.configurationFile";

  private Logs() {}

  /** From now on in this process only warnings and errors, unless somebody configured it otherwise. */
  static void onlyWarnings() {
    if (System.getProperty(OWN_FILE) == null
        && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger("dev.reprise").setLevel(Level.WARN);
    }
  }
}
