package dev.reprise.runtime.crash;

import dev.reprise.runtime.config.DatabaseConfig;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/** Stands between a node and PostgreSQL and breaks what passes. Thread-safe. */
final class FaultProxy implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("//([^:/]+):(\\d+)/");

  private final DatabaseConfig target;
  private final String host;
  private final int port;
  private final ServerSocket server;
  private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
    var thread = new Thread(task, "fault-proxy");
    thread.setDaemon(true);
    return thread;
  });
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private volatile boolean refusing;

  FaultProxy(DatabaseConfig target) {
    this.target = target;
    var address = ADDRESS.matcher(target.url());
    if (!address.find()) {
      throw new IllegalArgumentException("host and port are needed: " + target.maskedUrl());
    }
    this.host = address.group(1);
    this.port = Integer.parseInt(address.group(2));
    try {
      this.server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new IllegalStateException("no port for the proxy", e);
    }
    threads.execute(this::accept);
  }

  /** The database as it is reached through the proxy. */
  DatabaseConfig config() {
    var url =
        ADDRESS.matcher(target.url()).replaceFirst("//127.0.0.1:" + server.getLocalPort() + "/");
    return DatabaseConfig.of(url, target.user(), target.password());
  }

  /** New connections are closed at once. */
  void refuse() {
    refusing = true;
  }

  /** New connections are passed on again. */
  void admit() {
    refusing = false;
  }

  /** The clients lose their connections; the server does not notice. */
  void cutClients() {
    links.forEach(Link::cutClient);
  }

  /** Both sides lose their connections. */
  void cut() {
    links.forEach(Link::close);
  }

  /** From now on what the server says on the present connections is lost. */
  void withholdAnswers() {
    links.forEach(link -> link.answersLost = true);
  }

  /** Nothing passes on the present connections any more, in neither direction, and nobody is told. */
  void silence() {
    links.forEach(link -> {
      link.answersLost = true;
      link.requestsLost = true;
    });
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var client = server.accept();
        if (refusing) {
          client.close();
        } else {
          threads.execute(() -> pass(client));
        }
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void pass(Socket client) {
    try {
      new Link(client).run();
    } catch (IOException unreachable) {
      close(client);
    }
  }

  private static void close(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException("a socket cannot be closed", e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new IllegalStateException("the proxy cannot be closed", e);
    }
    cut();
    threads.shutdownNow();
  }

  /** One connection. */
  private final class Link {
    private final Socket client;
    private final Socket upstream;
    private volatile boolean answersLost;
    private volatile boolean requestsLost;
    private volatile boolean clientCut;

    Link(Socket client) throws IOException {
      this.client = client;
      this.upstream = new Socket(host, port);
      client.setTcpNoDelay(true);
      upstream.setTcpNoDelay(true);
    }

    void run() {
      links.add(this);
      threads.execute(this::answers);
      try {
        var in = client.getInputStream();
        var out = upstream.getOutputStream();
        var buffer = new byte[8192];
        for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
          if (!requestsLost) {
            out.write(buffer, 0, length);
          }
        }
        end();
      } catch (IOException e) {
        end();
      }
    }

    private void answers() {
      try {
        var in = upstream.getInputStream();
        var out = client.getOutputStream();
        var buffer = new byte[8192];
        for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
          if (!answersLost && !clientCut) {
            out.write(buffer, 0, length);
          }
        }
        close();
      } catch (IOException e) {
        end();
      }
    }

    /** A side has ended: so does the other, unless it is not to notice. */
    private void end() {
      if (!clientCut) {
        close();
      }
    }

    void cutClient() {
      clientCut = true;
      FaultProxy.close(client);
    }

    void close() {
      links.remove(this);
      FaultProxy.close(client);
      FaultProxy.close(upstream);
    }
  }
}
