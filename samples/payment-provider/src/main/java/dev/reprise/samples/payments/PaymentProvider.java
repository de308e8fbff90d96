package dev.reprise.samples.payments;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A payment provider with an HTTP API, on the loopback address. Amounts are in cents. Requests are forms, answers JSON;
 * an error is {@code {"error": code, "message": text}}.
 *
 * <ul>
 *   <li>{@code POST /charges} ({@code order}, {@code amount}, {@code currency}, {@code card}; header
 *       {@code Idempotency-Key}): 200 and the charge. The same key gives the same charge; with other parameters 422.
 *       {@code card=declined} gives 402. The card is not kept and not compared.
 *   <li>{@code POST /refunds} ({@code charge_key}: the key of the charge; header {@code Idempotency-Key}): 200 and the
 *       refund, also where the charge never happened; such a charge is later refused with 409.
 *   <li>{@code GET /charges}, {@code GET /ledger}, {@code GET /health}.
 *   <li>{@code POST /control} ({@code mode=normal|decline|slow|fail|lost}, {@code delay_ms}, {@code probability},
 *       {@code seed}, {@code times}): what the coming requests meet; {@code GET /control} tells it.
 * </ul>
 *
 * <p>What was answered with 200 survives a crash. Thread-safe.
 */
public final class PaymentProvider implements AutoCloseable {
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final int BACKLOG = 512;

  private final HttpServer server;
  private final ExecutorService workers;
  private final Ledger ledger;

  private PaymentProvider(HttpServer server, ExecutorService workers, Ledger ledger) {
    this.server = server;
    this.workers = workers;
    this.ledger = ledger;
  }

  /**
   * Starts a provider.
   *
   * @param port on the loopback address; 0 for any free one
   * @param ledgerFile where the entries are kept; begun where it does not exist
   * @throws IOException where the port is taken or the file cannot be used
   */
  public static PaymentProvider start(int port, Path ledgerFile) throws IOException {
    // Headers and body leave in two packets: with Nagle's algorithm every answer would wait 40 ms
    // for an acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    var ledger = Ledger.open(ledgerFile);
    try {
      var address = new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port);
      var server = HttpServer.create(address, BACKLOG);
      var workers = Executors.newCachedThreadPool();
      server.setExecutor(workers);
      server.createContext("/", new Routes(ledger)::handle);
      server.start();
      return new PaymentProvider(server, workers, ledger);
    } catch (IOException e) {
      ledger.close();
      throw new IOException("port " + port + " of 127.0.0.1 cannot be used: " + e.getMessage(), e);
    }
  }

  /** The port it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Where it is reached, {@code http://127.0.0.1:8081}. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + port());
  }

  /** Stops at once; requests that are not answered yet are cut off. Closing twice is allowed. */
  @Override
  public void close() throws IOException {
    server.stop(0);
    workers.shutdownNow();
    ledger.close();
  }

  /** Runs a provider as a process of its own until it is killed; its URL is the first line on stdout. */
  public static void main(String[] arguments) {
    if (List.of(arguments).contains("--help")) {
      System.out.println(ProviderOptions.USAGE);
      return;
    }
    try {
      var options = ProviderOptions.parse(List.of(arguments));
      var provider = start(options.port(), options.ledger());
      System.out.println(provider.url());
      if (options.exitWithParent()) {
        awaitEndOfInput();
        System.exit(0);
      }
    } catch (IllegalArgumentException | IOException e) {
      System.err.println("payment-provider: " + e.getMessage());
      System.err.println(ProviderOptions.USAGE);
      System.exit(2);
    }
  }

  private static void awaitEndOfInput() throws IOException {
    var unread = new byte[1024];
    while (System.in.read(unread) >= 0) {}
  }
}
