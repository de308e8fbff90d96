package dev.reprise.runtime.cli;

import dev.reprise.runtime.config.Setting;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The flags that set something for a server; each has a line in the configuration file and a variable too. */
final class SettingOptions extends DatabaseOptions {
  private final List<String> functions = new ArrayList<>();

  @Option(
      names = "--functions",
      paramLabel = "JAR",
      split = ",",
      description =
          "Jars of functions to deploy; may be repeated. Without: what is active in the database.")
  void functions(List<String> jars) {
    functions.addAll(jars);
    set(Setting.FUNCTIONS, String.join(",", functions));
  }

  @Option(
      names = "--database-connections",
      paramLabel = "N",
      description = "How many business transactions run at once; 16 by default.")
  void databaseConnections(String number) {
    set(Setting.DATABASE_CONNECTIONS, number);
  }

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The port to listen on; 8080 by default, 0 for any.")
  void port(String port) {
    set(Setting.PORT, port);
  }

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description =
          "The address to listen on; 127.0.0.1 by default. Any other than loopback needs --insecure.")
  void host(String host) {
    set(Setting.HOST, host);
  }

  @Option(names = "--insecure", description = "Let other machines call, without credentials.")
  void insecure(boolean insecure) {
    set(Setting.INSECURE, Boolean.toString(insecure));
  }

  @Option(
      names = "--allowed-hosts",
      paramLabel = "NAME",
      description = "Names of this server that requests may carry, separated by commas; * for any.")
  void allowedHosts(String names) {
    set(Setting.ALLOWED_HOSTS, names);
  }

  @Option(
      names = "--allowed-origins",
      paramLabel = "ORIGIN",
      description = "Sites whose pages may call, like https://app.example.com.")
  void allowedOrigins(String origins) {
    set(Setting.ALLOWED_ORIGINS, origins);
  }

  @Option(
      names = "--max-wait",
      paramLabel = "TIME",
      description = "How long a call is held before it is answered with 202; 60s by default.")
  void maxWait(String time) {
    set(Setting.MAX_WAIT, time);
  }

  @Option(
      names = "--max-body",
      paramLabel = "BYTES",
      description = "The longest body; 1048576 by default.")
  void maxBody(String bytes) {
    set(Setting.MAX_BODY, bytes);
  }

  @Option(
      names = "--max-jar",
      paramLabel = "BYTES",
      description =
          "The longest jar that can be deployed on a running server; 104857600 by default.")
  void maxJar(String bytes) {
    set(Setting.MAX_JAR, bytes);
  }

  @Option(
      names = "--max-running",
      paramLabel = "N",
      description = "How many executions run at once; 256 by default. Beyond it: 503.")
  void maxRunning(String number) {
    set(Setting.MAX_RUNNING, number);
  }

  @Option(
      names = "--max-recoveries",
      paramLabel = "N",
      description =
          "How often an execution goes on after its node died, before it is parked; 20 by default.")
  void maxRecoveries(String number) {
    set(Setting.MAX_RECOVERIES, number);
  }

  @Option(
      names = "--max-value",
      paramLabel = "BYTES",
      description = "The longest result, outcome of a step or input from code; 4194304 by default.")
  void maxValue(String bytes) {
    set(Setting.MAX_VALUE, bytes);
  }

  @Option(
      names = "--max-operations",
      paramLabel = "N",
      description = "The longest log of an execution, which is parked there; 50000 by default.")
  void maxOperations(String number) {
    set(Setting.MAX_OPERATIONS, number);
  }

  @Option(
      names = "--death-timeout",
      paramLabel = "TIME",
      description = "How long a node may be silent before others take over; 7s by default.")
  void deathTimeout(String time) {
    set(Setting.DEATH_TIMEOUT, time);
  }

  @Option(
      names = "--shutdown-grace",
      paramLabel = "TIME",
      description = "How long running calls may take when the server stops; 25s by default.")
  void shutdownGrace(String time) {
    set(Setting.SHUTDOWN_GRACE, time);
  }

  @Option(
      names = "--record",
      paramLabel = "on|off|auto",
      description =
          "Whether to record changes, for replay; auto by default: where the database allows it.")
  void record(String mode) {
    set(Setting.RECORD, mode);
  }

  @Option(
      names = "--record-max-lag",
      paramLabel = "SIZE",
      description =
          "How much log the database may keep for the recording before that gives up; 10GiB by default.")
  void recordMaxLag(String size) {
    set(Setting.RECORD_MAX_LAG, size);
  }

  @Option(
      names = "--retention",
      paramLabel = "TIME",
      description =
          "How long ended executions are kept, and the change history with them, like 30d;"
              + " for ever by default.")
  void retention(String time) {
    set(Setting.RETENTION, time);
  }

  @Option(
      names = "--retention-failed",
      paramLabel = "TIME",
      description = "The same for executions that did not succeed, where it is another time.")
  void retentionFailed(String time) {
    set(Setting.RETENTION_FAILED, time);
  }

  @Option(names = "--no-migrate", description = "Do not run the migrations of the jars.")
  void noMigrate(boolean given) {
    set(Setting.MIGRATE, Boolean.toString(!given));
  }
}
