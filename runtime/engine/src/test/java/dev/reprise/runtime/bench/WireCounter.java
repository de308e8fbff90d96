package dev.reprise.runtime.bench;

import dev.reprise.runtime.config.DatabaseConfig;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

/**
 * Stands between a node and PostgreSQL and counts what the server says: each {@code ReadyForQuery} is the end of a round trip,
 * and where it tells that no transaction is open, the end of a transaction (PostgreSQL manual, "Message Formats"). Exact, unlike
 * the server's statistics, which come late. Thread-safe.
 */
final class WireCounter implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("//([^:/]+):(\\d+)/");

  private final DatabaseConfig target;
  private final String host;
  private final int port;
  private final ServerSocket server;
  private final LongAdder trips = new LongAdder();
  private final LongAdder transactions = new LongAdder();
  private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
    var thread = new Thread(task, "wire-counter");
    thread.setDaemon(true);
    return thread;
  });

  WireCounter(DatabaseConfig target) throws IOException {
    this.target = target;
    var address = ADDRESS.matcher(target.url());
    if (!address.find()) {
      throw new IllegalArgumentException("host and port are needed: " + target.maskedUrl());
    }
    this.host = address.group(1);
    this.port = Integer.parseInt(address.group(2));
    this.server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /** So much has passed. */
  record Count(long trips, long transactions) {}

  /** What has passed until now. */
  Count count() {
    return new Count(trips.sum(), transactions.sum());
  }

  /** The database as it is reached through here, without encryption. */
  DatabaseConfig config() {
    var url =
        ADDRESS.matcher(target.url()).replaceFirst("//127.0.0.1:" + server.getLocalPort() + "/");
    var plain = url + (url.contains("?") ? "&" : "?") + "sslmode=disable&gssEncMode=disable";
    return DatabaseConfig.of(plain, target.user(), target.password());
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var client = server.accept();
        var upstream = new Socket(host, port);
        client.setTcpNoDelay(true);
        upstream.setTcpNoDelay(true);
        threads.execute(() -> pass(client, upstream, this::requests));
        threads.execute(() -> pass(upstream, client, this::answers));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private interface Pipe {
    void run(InputStream from, OutputStream to) throws IOException;
  }

  private static void pass(Socket from, Socket to, Pipe pipe) {
    try (from;
        to) {
      pipe.run(from.getInputStream(), to.getOutputStream());
    } catch (IOException e) {
      return; // one side has gone, and takes the other with it
    }
  }

  private void requests(InputStream from, OutputStream to) throws IOException {
    var buffer = new byte[8192];
    for (int length = from.read(buffer); length >= 0; length = from.read(buffer)) {
      to.write(buffer, 0, length);
    }
  }

  private void answers(InputStream from, OutputStream to) throws IOException {
    var in = new DataInputStream(from);
    for (int type = in.read(); type >= 0; type = in.read()) {
      int length = in.readInt();
      var message = new byte[5 + length - 4];
      message[0] = (byte) type;
      for (int i = 0; i < 4; i++) {
        message[1 + i] = (byte) (length >>> (24 - 8 * i));
      }
      in.readFully(message, 5, length - 4);
      if (type == 'Z') {
        trips.increment();
        if (message[5] == 'I') {
          transactions.increment();
        }
      }
      to.write(message);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}
