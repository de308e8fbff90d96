package dev.reprise.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.ExecutionNotFoundException;
import dev.reprise.ExecutionStatus;
import dev.reprise.Options;
import dev.reprise.RegistrationException;
import dev.reprise.Reprise;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RepriseExtensionTest {
  private static final FakeMail MAIL = new FakeMail();

  @RegisterExtension
  static final RepriseExtension REPRISE = RepriseExtension.functions(
          Counters.class, Reminders.class, Mail.class)
      .stub(Mail.class, MAIL)
      .http();

  private final Counters counters = REPRISE.get(Counters.class);

  /** Has the methods of {@link Mail} without being one. */
  public static final class FakeMail {
    private final List<String> sent = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();

    /** Fails as often as it was told to. */
    public String send(String to) throws IOException {
      if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new IOException("no connection");
      }
      sent.add(to);
      return "mail to " + to;
    }
  }

  @Test
  void functionsAreCalledAndStarted() throws Exception {
    assertThat(counters.add("called", 2)).isEqualTo(2);

    var started = REPRISE.start(Counters.class, c -> c.add("started", 3));
    assertThat(started.result()).isEqualTo(3);
    var again =
        REPRISE.start(Counters.class, c -> c.add("started", 4), Options.DEFAULT.id("start-1"));
    assertThat(again.id()).isEqualTo("start-1");
    assertThat(REPRISE.execution("start-1", Long.class).result()).isEqualTo(7);
    REPRISE.startVoid(Counters.class, c -> c.add("started", 1)).result();
    assertThat(counters.add("started", 0)).isEqualTo(8);
    assertThatThrownBy(() -> REPRISE.execution("nobody", Long.class))
        .isInstanceOf(ExecutionNotFoundException.class);
  }

  @Test
  void theDatabaseIsOpenToTests() throws Exception {
    try (var connection = REPRISE.connection();
        var statement = connection.createStatement()) {
      assertThat(connection.getAutoCommit()).isTrue();
      statement.execute("insert into counter values ('prepared', 40)");
      assertThat(counters.add("prepared", 2)).isEqualTo(42);
      try (var rows = statement.executeQuery("select value from counter where name = 'prepared'")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getLong(1)).isEqualTo(42);
      }
    }
  }

  @Test
  void aStubRunsInsteadOfTheClassAndIsRetriedAsIt() throws Exception {
    MAIL.failures.set(2);

    var execution = REPRISE.start(Reminders.class, r -> r.mailed("ada"));

    assertThat(execution.result()).isEqualTo("mail to ada");
    assertThat(MAIL.sent).containsOnlyOnce("ada");
    assertThat(MAIL.failures).hasValue(0);
  }

  @Test
  void parametersAreInjected(Reprise reprise, DataSource database, Counters injected)
      throws Exception {
    assertThat(reprise).isSameAs(REPRISE.reprise());
    assertThat(injected.add("injected", 1)).isEqualTo(1);
    try (var connection = database.getConnection()) {
      assertThat(connection.getMetaData().getURL()).contains("/scratch_");
    }
  }

  @Test
  void httpIsServedOnAFreePort() throws Exception {
    var uri = URI.create("http://127.0.0.1:" + REPRISE.port() + "/v1/functions/Counters.add");
    var request = HttpRequest.newBuilder(uri)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("[\"http\", 5]"))
        .build();

    var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("5");
  }

  @Test
  void aClassThatIsNotRegisteredIsNamed() {
    assertThatThrownBy(() -> REPRISE.get(String.class))
        .isInstanceOf(RegistrationException.class)
        .hasMessageContaining("java.lang.String is not registered");
  }

  @Test
  void nothingIsSetUpAnyMoreWhileItRuns() {
    assertThatThrownBy(REPRISE::migrations).hasMessageContaining("Reprise runs already");
    assertThatThrownBy(() -> REPRISE.bind(String.class, "")).hasMessageContaining("runs already");
  }

  @Nested
  class Inside {
    @Test
    void aNestedClassSharesTheRuntime() throws Exception {
      assertThat(counters.add("nested", 1)).isEqualTo(1);
      assertThat(REPRISE.start(Counters.class, c -> c.add("nested", 1)).status())
          .isNotEqualTo(ExecutionStatus.FAILED);
    }
  }
}
