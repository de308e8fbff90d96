package dev.reprise.runtime.server;

import dev.reprise.runtime.store.NodeStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who this process is, so that a restarted node sees at once that its predecessor is dead. */
final class ThisProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ThisProcess.class);

  private ThisProcess() {}

  /** A node of this process under the given id. */
  static NodeStore.Node as(UUID node, Duration deathTimeout) {
    var handle = ProcessHandle.current();
    return new NodeStore.Node(
        node, hostName() + "/" + handle.pid(), host(), handle.pid(), startOf(handle), deathTimeout);
  }

  /** Whether a node on this host is certainly gone: its process id is free or belongs to a younger process. */
  static boolean isGone(NodeStore.Node node) {
    var handle = ProcessHandle.of(node.pid());
    return handle.isEmpty()
        || !handle.get().isAlive()
        || startOf(handle.get()).isAfter(node.processStartedAt().plusSeconds(1));
  }

  /** Process ids are comparable only on the same machine, since its last boot, in the same process namespace. */
  static String host() {
    return hostName() + "|" + read(Path.of("/proc/sys/kernel/random/boot_id")) + "|" + namespace();
  }

  private static Instant startOf(ProcessHandle handle) {
    return handle.info().startInstant().orElse(Instant.EPOCH).truncatedTo(ChronoUnit.MICROS);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      LOG.debug("this host has no name", e);
      return "unknown";
    }
  }

  private static String read(Path file) {
    try {
      return Files.isReadable(file) ? Files.readString(file).strip() : "";
    } catch (IOException e) {
      LOG.debug("{} cannot be read", file, e);
      return "";
    }
  }

  private static String namespace() {
    var link = Path.of("/proc/self/ns/pid");
    try {
      return Files.isSymbolicLink(link) ? Files.readSymbolicLink(link).toString() : "";
    } catch (IOException e) {
      LOG.debug("{} cannot be read", link, e);
      return "";
    }
  }
}
