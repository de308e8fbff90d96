package dev.reprise.runtime.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@code postmaster.pid} says about the server of a directory; the file outlives a server that was killed. */
record Postmaster(long pid, int port) {
  /** Whether the server runs. */
  boolean isRunning() {
    return hasProcess() && !isZombie() && !isSomebodyElse();
  }

  /** Whether a process has its number, if only a zombie or one of somebody else. */
  boolean hasProcess() {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /** Another process has the number by now. Never says so of a server that runs: its file must not be touched. */
  private boolean isSomebodyElse() {
    ProcessHandle.Info info = ProcessHandle.of(pid).map(ProcessHandle::info).orElse(null);
    if (info == null) {
      return false;
    }
    if (info.command().isPresent()) {
      Path program = Path.of(info.command().get()).getFileName();
      return program == null || !program.toString().startsWith("postgres");
    }
    // The program of another user's process cannot be seen; one of our own user's can.
    return info.user().isPresent()
        && !info.user().equals(ProcessHandle.current().info().user());
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
