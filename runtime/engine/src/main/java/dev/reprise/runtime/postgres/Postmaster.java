package dev.reprise.runtime.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * What {@code postmaster.pid} says about the server of a directory; the file outlives a server that was killed.
 *
 * @param written when the file was last written, at the latest when the server was ready
 */
record Postmaster(long pid, int port, Instant written) {
  private static final int CLOCK_SLACK_SECONDS = 2;

  /** Whether the server runs. */
  boolean isRunning() {
    return hasProcess() && !isZombie() && !isSomebodyElse();
  }

  /** Whether a process has its number, if only a zombie or one of somebody else. */
  boolean hasProcess() {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /** The process of that number began after the server had written the file. */
  private boolean isSomebodyElse() {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().startInstant())
        .map(start -> start.isAfter(written.plusSeconds(CLOCK_SLACK_SECONDS)))
        .orElse(false);
  }

  /** Where process 1 does not care for orphans, as in many containers, the dead stay in the process table. */
  private boolean isZombie() {
    try {
      String status = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
      return status.startsWith(") Z", status.lastIndexOf(')'));
    } catch (IOException notLinux) {
      return false;
    }
  }
}
