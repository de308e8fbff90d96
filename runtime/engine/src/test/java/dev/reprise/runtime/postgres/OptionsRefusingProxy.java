package dev.reprise.runtime.postgres;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes connections on to a server, except that startup options are refused in the words of PgBouncer. */
final class OptionsRefusingProxy implements Closeable {
  private static final int SSL_REQUEST = 80877103;
  private static final int GSS_REQUEST = 80877104;

  private final int target;
  private final ServerSocket server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger refusals = new AtomicInteger();

  OptionsRefusingProxy(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  int refusals() {
    return refusals.get();
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        threads.execute(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        var upstream = new Socket(InetAddress.getLoopbackAddress(), target)) {
      var in = new DataInputStream(client.getInputStream());
      byte[] startup = startup(in, client.getOutputStream());
      if (new String(startup, StandardCharsets.UTF_8).contains("\0options\0")) {
        refusals.incrementAndGet();
        refuse(client.getOutputStream());
        return;
      }
      var out = new DataOutputStream(upstream.getOutputStream());
      out.writeInt(startup.length + 4);
      out.write(startup);
      threads.execute(() -> copy(upstream, client));
      in.transferTo(upstream.getOutputStream());
    } catch (IOException e) {
      // One side has closed: the connection is over.
      return;
    }
  }

  private static byte[] startup(DataInputStream in, OutputStream out) throws IOException {
    while (true) {
      byte[] packet = new byte[in.readInt() - 4];
      in.readFully(packet);
      int code = ByteBuffer.wrap(packet).getInt();
      if (code != SSL_REQUEST && code != GSS_REQUEST) {
        return packet;
      }
      out.write('N');
    }
  }

  private static void refuse(OutputStream out) throws IOException {
    var fields = new ByteArrayOutputStream();
    for (String field :
        new String[] {"SFATAL", "C08P01", "Munsupported startup parameter: options"}) {
      fields.writeBytes(field.getBytes(StandardCharsets.UTF_8));
      fields.write(0);
    }
    fields.write(0);
    var message = new DataOutputStream(out);
    message.write('E');
    message.writeInt(fields.size() + 4);
    message.write(fields.toByteArray());
    message.flush();
  }

  private static void copy(Socket from, Socket to) {
    try (InputStream in = from.getInputStream()) {
      in.transferTo(to.getOutputStream());
      to.close();
    } catch (IOException e) {
      // One side has closed: the connection is over.
      return;
    }
  }
}
