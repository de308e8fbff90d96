package dev.reprise.samples.payments;

import static dev.reprise.samples.payments.Entry.Kind.CHARGE;
import static dev.reprise.samples.payments.Entry.Kind.REFUND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaymentProviderTest {
  @TempDir
  Path directory;

  private PaymentProvider provider;
  private ProviderClient client;

  @BeforeEach
  void start() throws Exception {
    provider = PaymentProvider.start(0, directory.resolve("ledger"));
    client = new ProviderClient(provider.url());
  }

  @AfterEach
  void stop() throws Exception {
    provider.close();
  }

  private void restart() throws Exception {
    stop();
    start();
  }

  @Test
  void aChargeIsAnsweredAndWritten() throws Exception {
    var charge = client.charge("k1", "order \"1\"", 1250);

    assertThat(charge.statusCode()).isEqualTo(200);
    assertThat(charge.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(charge.body())
        .contains("\"id\":\"ch_1\"")
        .contains("\"order\":\"order \\\"1\\\"\"")
        .contains("\"amount\":1250")
        .contains("\"refunded\":false");
    assertThat(client.get("/charges")).contains("\"id\":\"ch_1\"");
  }

  @Test
  void theSameKeyGivesTheSameChargeAlsoAfterARestart() throws Exception {
    var first = client.charge("k1", "order", 1250);
    var second = client.charge("k1", "order", 1250);
    restart();
    var third = client.charge("k1", "order", 1250);

    assertThat(second.body()).isEqualTo(first.body());
    assertThat(third.body()).isEqualTo(first.body());
    assertThat(client.count(CHARGE, "order")).isOne();
  }

  @Test
  void theSameKeyWithOtherParametersIsRefused() throws Exception {
    client.charge("k1", "order", 1250);
    client.refund("r1", "k1");

    assertThat(client.charge("k1", "order", 1251).statusCode()).isEqualTo(422);
    assertThat(client.charge("k1", "other", 1250).statusCode()).isEqualTo(422);
    assertThat(client.refund("r1", "other").statusCode()).isEqualTo(422);
  }

  @Test
  void concurrentRequestsOfOneKeyChargeOnceAndOfDifferentKeysEach() throws Exception {
    assertThat(statuses(20, i -> client.charge("k1", "order", 100))).containsOnly(200);
    assertThat(client.count(CHARGE, "order")).isOne();

    assertThat(statuses(20, i -> client.charge("double-" + i, "doubled", 100))).containsOnly(200);
    assertThat(client.count(CHARGE, "doubled")).isEqualTo(20);
  }

  @Test
  void aRefundMayHaveTheKeyOfItsChargeAndIsMadeOnce() throws Exception {
    client.charge("k1", "order", 1250);

    assertThat(statuses(10, i -> client.refund("k1", "k1"))).containsOnly(200);

    assertThat(client.count(REFUND, "order")).isOne();
    assertThat(client.charge("k1", "order", 1250).body()).contains("\"refunded\":true");
    assertThat(client.count(CHARGE, "order")).isOne();
  }

  @Test
  void aRefundOfAChargeThatNeverHappenedSucceedsAndKeepsItFromHappening() throws Exception {
    var refund = client.refund("r1", "k1");
    restart();

    assertThat(refund.statusCode()).isEqualTo(200);
    assertThat(refund.body()).contains("\"amount\":0");
    assertThat(client.refund("r1", "k1").body()).isEqualTo(refund.body());
    var late = client.charge("k1", "order", 1250);
    assertThat(late.statusCode()).isEqualTo(409);
    assertThat(late.body()).contains("charge_refunded");
    assertThat(client.count(CHARGE, "order")).isZero();
  }

  @Test
  void aDeclinedCardIsNotCharged() throws Exception {
    var form = Map.of("order", "order", "amount", "100", "card", "declined");

    assertThat(client.post("/charges", "k1", form).statusCode()).isEqualTo(402);
    assertThat(client.count(CHARGE, "order")).isZero();
    assertThat(client.charge("k1", "order", 100).statusCode()).isEqualTo(200);
    assertThat(client.post("/charges", "k1", form).statusCode())
        .as("money that was taken is not denied later")
        .isEqualTo(200);
  }

  @Test
  void aFaultStrikesAsOftenAsAsked() throws Exception {
    client.control(Map.of("mode", "decline", "times", "2"));

    assertThat(client.refund("r1", "never").statusCode()).isEqualTo(200);
    assertThat(client.charge("k1", "order", 100).statusCode()).isEqualTo(402);
    assertThat(client.get("/control")).contains("\"mode\":\"decline\"").contains("\"times\":1");
    assertThat(client.charge("k1", "order", 100).statusCode()).isEqualTo(402);
    assertThat(client.charge("k1", "order", 100).statusCode()).isEqualTo(200);
    assertThat(client.get("/control")).contains("\"mode\":\"normal\"");
  }

  @Test
  void aFailureComesBeforeAnythingIsWritten() throws Exception {
    client.control(Map.of("mode", "fail", "times", "1"));

    assertThat(client.charge("k1", "order", 100).statusCode()).isEqualTo(500);
    assertThat(client.count(CHARGE, "order")).isZero();
  }

  @Test
  void aLostAnswerHasTakenTheMoney() throws Exception {
    client.control(Map.of("mode", "lost", "times", "1"));

    assertThatThrownBy(() -> client.charge("k1", "order", 100)).isInstanceOf(IOException.class);
    assertThat(client.count(CHARGE, "order")).isOne();
    assertThat(client.charge("k1", "order", 100).statusCode()).isEqualTo(200);
    assertThat(client.count(CHARGE, "order")).isOne();
  }

  @Test
  void aSlowAnswerComesLate() throws Exception {
    client.control(Map.of("mode", "slow", "delay_ms", "300", "times", "1"));

    long begin = System.nanoTime();
    assertThat(client.charge("k1", "order", 100).statusCode()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(299));
  }

  @Test
  void aProbabilityDecidesTheSameWithTheSameSeed() throws Exception {
    var plan = Map.of("mode", "fail", "probability", "0.5", "seed", "7");
    var runs = new ArrayList<String>();
    for (var run : new String[] {"a", "b"}) {
      client.control(plan);
      var codes = new StringBuilder();
      for (int i = 0; i < 20; i++) {
        codes.append(client.charge(run + i, "order", 100).statusCode()).append(' ');
      }
      runs.add(codes.toString());
    }

    assertThat(runs.get(0)).isEqualTo(runs.get(1)).contains("200").contains("500");
  }

  @ParameterizedTest
  @CsvSource({
    "/charges, order=1, amount is missing",
    "/charges, amount=1, order is missing",
    "/charges, order=1&amount=0, amount is between 1 and",
    "/charges, order=1&amount=1.5, amount is a whole number",
    "/charges, order=1&amount=1&currency=euro, currency is a code of three letters",
    "/charges, order=1&amount=1&tip=1, there is no field tip",
    "/charges, order, not a form field",
    "/charges, order=%zz, Illegal hex",
    "/charges, order=1&order=2, order is given twice",
    "/refunds, '', charge_key is missing",
    "/control, mode=off, 'mode is normal, decline'",
    "/control, mode=fail&probability=2, probability is between 0 and 1",
    "/control, mode=fail&times=0, times is between 1 and",
  })
  void aWrongFieldIsNamed(String path, String body, String message) throws Exception {
    var answer = ProviderClient.send(HttpRequest.newBuilder(provider.url().resolve(path))
        .header("Idempotency-Key", "k1")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(body)));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"error\":\"invalid_request\"").contains(message);
    assertThat(client.get("/ledger")).isEqualTo("[]\n");
  }

  @Test
  void whatTheProviderDoesNotSpeakIsRefused() throws Exception {
    var url = provider.url();
    var form = HttpRequest.BodyPublishers.ofString("order=1&amount=1");

    var noKey = HttpRequest.newBuilder(url.resolve("/charges"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(form);
    assertThat(ProviderClient.send(noKey).statusCode()).isEqualTo(400);
    var json = HttpRequest.newBuilder(url.resolve("/charges"))
        .header("Idempotency-Key", "k1")
        .header("Content-Type", "application/json")
        .POST(form);
    assertThat(ProviderClient.send(json).statusCode()).isEqualTo(415);
    var large = Map.of("order", "x".repeat(70_000), "amount", "1");
    assertThat(client.post("/charges", "k1", large).statusCode()).isEqualTo(413);
    var delete = HttpRequest.newBuilder(url.resolve("/charges")).DELETE();
    assertThat(ProviderClient.send(delete).statusCode()).isEqualTo(405);
    assertThat(client.post("/nothing", "k1", Map.of()).statusCode()).isEqualTo(404);
    assertThat(client.get("/health")).contains("up");
  }

  @Test
  void aProviderMayBeClosedTwiceAndItsPortTakenOnce() throws Exception {
    assertThatThrownBy(() -> PaymentProvider.start(provider.port(), directory.resolve("other")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("port " + provider.port());

    provider.close();
    provider.close();
  }

  private static List<Integer> statuses(int requests, Request request) throws Exception {
    var threads = Executors.newFixedThreadPool(requests);
    var begin = new CountDownLatch(1);
    try {
      var answers = IntStream.range(0, requests)
          .mapToObj(i -> threads.submit((Callable<HttpResponse<String>>) () -> {
            begin.await();
            return request.send(i);
          }))
          .toList();
      begin.countDown();
      var statuses = new ArrayList<Integer>();
      for (var answer : answers) {
        statuses.add(answer.get().statusCode());
      }
      return statuses;
    } finally {
      threads.shutdownNow();
    }
  }

  private interface Request {
    HttpResponse<String> send(int number) throws Exception;
  }
}
