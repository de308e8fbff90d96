package dev.reprise.samples.payments;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The HTTP surface. Thread-safe. */
final class Routes {
  private static final System.Logger LOG = System.getLogger(Routes.class.getName());
  private static final int MAX_BODY = 64 * 1024;
  private static final Map<String, Set<String>> METHODS = Map.of(
      "/charges", Set.of("GET", "POST"),
      "/refunds", Set.of("POST"),
      "/ledger", Set.of("GET"),
      "/control", Set.of("GET", "POST"),
      "/health", Set.of("GET"));

  private final Ledger ledger;
  private final Cashier cashier;
  private volatile FaultPlan faults = FaultPlan.none();

  Routes(Ledger ledger) {
    this.ledger = ledger;
    this.cashier = new Cashier(ledger);
  }

  void handle(HttpExchange exchange) throws IOException {
    var response = answer(exchange);
    if (response.lost()) {
      exchange.close();
    } else if (response.delay().isZero()) {
      send(exchange, response);
    } else {
      CompletableFuture.delayedExecutor(response.delay().toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> sendLate(exchange, response));
    }
  }

  private Response answer(HttpExchange exchange) throws IOException {
    try {
      return route(exchange);
    } catch (Refusal e) {
      return e.response();
    } catch (IllegalArgumentException e) {
      return new Refusal(400, "invalid_request", String.valueOf(e.getMessage())).response();
    } catch (IOException e) {
      LOG.log(Level.ERROR, "a request was not carried out", e);
      return new Refusal(500, "internal", "the ledger cannot be written").response();
    }
  }

  private Response route(HttpExchange exchange) throws Refusal, IOException {
    var path = exchange.getRequestURI().getPath();
    var methods = METHODS.get(path);
    if (methods == null) {
      throw new Refusal(
          404, "not_found", "there is no " + path + "; there are " + METHODS.keySet());
    }
    if (!methods.contains(exchange.getRequestMethod())) {
      exchange.getResponseHeaders().set("Allow", String.join(", ", methods));
      throw new Refusal(405, "method_not_allowed", path + " takes " + methods);
    }
    return switch (exchange.getRequestMethod() + " " + path) {
      case "POST /charges" -> charge(key(exchange), form(exchange));
      case "POST /refunds" -> refund(key(exchange), form(exchange));
      case "POST /control" -> control(form(exchange));
      case "GET /control" -> Response.of(200, faults.json());
      case "GET /charges" -> Response.of(200, charges());
      case "GET /ledger" -> Response.of(200, entries());
      default -> Response.of(200, "{\"status\":\"up\"}");
    };
  }

  private Response charge(String key, Form form) throws Refusal, IOException {
    form.only(Set.of("order", "amount", "currency", "card"));
    var order = form.require("order");
    long amount = form.number("amount", 1, Long.MAX_VALUE);
    var currency = form.find("currency").orElse("eur").toLowerCase(Locale.ROOT);
    if (!currency.matches("[a-z]{3}")) {
      throw new IllegalArgumentException("currency is a code of three letters, not " + currency);
    }
    var fault = next(Entry.Kind.CHARGE);
    boolean declined = fault.mode() == Fault.Mode.DECLINE
        || form.find("card").filter("declined"::equals).isPresent();
    var charge = cashier.charge(key, order, amount, currency, declined);
    return Response.of(200, json(charge)).under(fault);
  }

  private Response refund(String key, Form form) throws Refusal, IOException {
    form.only(Set.of("charge_key"));
    var chargeKey = form.require("charge_key");
    var fault = next(Entry.Kind.REFUND);
    return Response.of(200, json(cashier.refund(key, chargeKey))).under(fault);
  }

  private Fault next(Entry.Kind kind) throws Refusal {
    var fault = faults.next(kind);
    if (fault.mode() == Fault.Mode.FAIL) {
      throw new Refusal(500, "internal", "the provider failed, as it was told to");
    }
    return fault;
  }

  private Response control(Form form) {
    var plan = FaultPlan.of(form);
    faults = plan;
    return Response.of(200, plan.json());
  }

  private String charges() {
    return Json.array(
        ledger.entries().stream().filter(Entry::isCharge).map(this::json).toList());
  }

  private String entries() {
    return Json.array(
        ledger.entries().stream().map(entry -> Json.object(entry.fields())).toList());
  }

  private String json(Entry entry) {
    var fields = new LinkedHashMap<>(entry.fields());
    if (entry.isCharge()) {
      fields.put("refunded", ledger.isRefunded(entry.key()));
    }
    return Json.object(fields);
  }

  private static String key(HttpExchange exchange) throws Refusal {
    var key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
    if (key == null || key.isBlank() || key.length() > 255) {
      throw new Refusal(
          400, "idempotency_key_missing", "send an Idempotency-Key header of 1-255 characters");
    }
    return key;
  }

  private static Form form(HttpExchange exchange) throws Refusal, IOException {
    var type = exchange.getRequestHeaders().getFirst("Content-Type");
    if (type == null
        || !type.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded")) {
      throw new Refusal(
          415, "unsupported_media_type", "send the body as application/x-www-form-urlencoded");
    }
    var body = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
    if (body.length > MAX_BODY) {
      throw new Refusal(413, "too_large", "a body has at most " + MAX_BODY + " bytes");
    }
    return Form.parse(new String(body, UTF_8));
  }

  private static void sendLate(HttpExchange exchange, Response response) {
    try {
      send(exchange, response);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the client did not wait for a slow answer", e);
    }
  }

  private static void send(HttpExchange exchange, Response response) throws IOException {
    var bytes = (response.body() + "\n").getBytes(UTF_8);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(response.status(), bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
