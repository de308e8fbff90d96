package dev.reprise.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.List;
import org.slf4j.LoggerFactory;

/** An unconfigured Logback prints everything: there, the runtime and its libraries are kept to warnings. */
final class QuietLogs {
  private static final List<String> CONFIGURATIONS = List.of(
      "logback-test.xml",
      "logback.xml",
      "META-INF/services/ch.qos.logback.classic.spi.Configurator");
  private static final List<String> CHATTY = List.of(
      "dev.reprise",
      "com.zaxxer.hikari",
      "org.flywaydb",
      "io.javalin",
      "org.eclipse.jetty",
      "org.testcontainers",
      "com.github.dockerjava");

  private QuietLogs() {}

  static void unlessConfigured() {
    var factory = LoggerFactory.getILoggerFactory();
    if (factory.getClass().getName().equals("ch.qos.logback.classic.LoggerContext")
        && !isConfigured()) {
      Logback.quieten();
    }
  }

  private static boolean isConfigured() {
    var loader = QuietLogs.class.getClassLoader();
    return System.getProperty("logback.configurationFile") != null
        || CONFIGURATIONS.stream().anyMatch(resource -> loader.getResource(resource) != null);
  }

  /** Apart, because Logback may not be there. */
  private static final class Logback {
    static void quieten() {
      if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
        for (var name : CHATTY) {
          var logger = context.getLogger(name);
          if (logger.getLevel() == null) {
            logger.setLevel(Level.WARN);
          }
        }
      }
    }
  }
}
