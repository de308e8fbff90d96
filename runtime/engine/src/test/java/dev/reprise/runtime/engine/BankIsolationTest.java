package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.RetriesExhaustedException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Under load from two nodes no update is lost and no money is made, on every isolation level. */
class BankIsolationTest {
  private static final int COUNTS = 8;
  private static final int TRANSFERS = 8;
  private static final int ACCOUNTS = 4;
  private static final long MONEY = 20;

  private static TestNode one;
  private static TestNode two;

  /** How functions guard against each other: the end of their names, and whether they may have to run again. */
  record Guard(String suffix, boolean retries, Count count, Transfer transfer) {
    @Override
    public String toString() {
      return suffix;
    }
  }

  static Stream<Guard> guards() {
    return Stream.of(
        new Guard("Serializable", true, Ledger::countSerializable, Ledger::transferSerializable),
        new Guard("Repeatable", true, Ledger::countRepeatable, Ledger::transferRepeatable),
        new Guard("Locked", false, Ledger::countLocked, Ledger::transferLocked),
        new Guard("Atomically", false, Ledger::countAtomically, Ledger::transferAtomically));
  }

  interface Count {
    long count(Ledger ledger, String counter) throws Exception;
  }

  interface Transfer {
    void transfer(Ledger ledger, String from, String to, long amount) throws Exception;
  }

  @BeforeAll
  static void start() {
    one = TestNode.start(Ledger.class);
    two = one.another(Ledger.class);
    one.sql("create table ledger (name text primary key, amount bigint not null)");
  }

  @AfterAll
  static void stop() {
    two.close();
    one.close();
  }

  @ParameterizedTest
  @MethodSource("guards")
  void everyCountCountsOnce(Guard guard) throws Exception {
    var counter = "counter " + guard;
    one.sql("insert into ledger values ('" + counter + "', 0)");
    var counted = Load.on(List.of(one, two), Load.seed(), (node, thread, random) -> {
      var ledger = node.get(Ledger.class);
      var values = new ArrayList<Long>();
      for (int i = 0; i < COUNTS; i++) {
        try {
          values.add(guard.count.count(ledger, counter));
        } catch (RetriesExhaustedException e) {
          assertThat(guard.retries).as("%s retries", guard).isTrue();
        }
      }
      return values;
    });
    var values = counted.stream().flatMap(List::stream).toList();
    assertThat(values)
        .as("every call saw the one before it")
        .containsExactlyInAnyOrderElementsOf(
            LongStream.rangeClosed(1, values.size()).boxed().toList());
    assertThat(amount(counter)).isEqualTo(values.size());
    assertThat(values).hasSizeGreaterThan(Load.THREADS * COUNTS / 2);
    assertRecorded("Ledger.count" + guard.suffix, values.size());
    if (guard.retries) {
      assertThat(one.longOf(
              "select max(attempt) from reprise.operations where function = 'Ledger.count"
                  + guard.suffix + "'"))
          .as("calls met each other")
          .isGreaterThan(1);
    }
  }

  @ParameterizedTest
  @MethodSource("guards")
  void moneyIsConservedAndNobodyOverdraws(Guard guard) throws Exception {
    for (int i = 0; i < ACCOUNTS; i++) {
      one.sql("insert into ledger values ('" + account(guard, i) + "', " + MONEY + ")");
    }
    var successes = Load.on(List.of(one, two), Load.seed(), (node, thread, random) -> {
      var ledger = node.get(Ledger.class);
      int done = 0;
      for (int i = 0; i < TRANSFERS; i++) {
        int from = random.nextInt(ACCOUNTS);
        int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
        try {
          guard.transfer.transfer(
              ledger, account(guard, from), account(guard, to), 1 + random.nextInt(15));
          done++;
        } catch (Ledger.NoFunds | RetriesExhaustedException e) {
          assertThat(e.getMessage()).isNotEmpty();
        }
      }
      return done;
    });
    var amounts =
        IntStream.range(0, ACCOUNTS).mapToObj(i -> amount(account(guard, i))).toList();
    assertThat(amounts.stream().mapToLong(Long::longValue).sum()).isEqualTo(ACCOUNTS * MONEY);
    assertThat(amounts).allMatch(amount -> amount >= 0);
    int done = successes.stream().mapToInt(Integer::intValue).sum();
    assertRecorded("Ledger.transfer" + guard.suffix, done);
    assertFailed("Ledger.transfer" + guard.suffix, Load.THREADS * TRANSFERS - done);
  }

  /** The tests before were no idle ones: without a guard, updates are lost at once. */
  @Test
  void theLoadLosesUpdatesWithoutAGuard() throws Exception {
    one.sql("insert into ledger values ('unguarded', 0)");
    Load.on(List.of(one, two), Load.seed(), (node, thread, random) -> {
      try (var connection = node.connect();
          var read =
              connection.prepareStatement("select amount from ledger where name = 'unguarded'");
          var write = connection.prepareStatement(
              "update ledger set amount = ? where name = 'unguarded'")) {
        for (int i = 0; i < COUNTS; i++) {
          try (var rows = read.executeQuery()) {
            rows.next();
            write.setLong(1, rows.getLong(1) + 1);
          }
          write.executeUpdate();
        }
      }
      return thread;
    });
    assertThat(amount("unguarded")).isLessThan(Load.THREADS * COUNTS);
  }

  private static void assertRecorded(String function, long successes) {
    assertThat(one.longOf(
            "select count(*) from reprise.operations where error is null and function = '"
                + function + "'"))
        .as("operations of %s", function)
        .isEqualTo(successes);
    assertThat(one.longOf(
            "select count(*) from reprise.executions where status = 'SUCCEEDED' and function = '"
                + function + "'"))
        .as("executions of %s", function)
        .isEqualTo(successes);
  }

  /** What failed wrote nothing, so it may be recorded a moment later. */
  private static void assertFailed(String function, long failures) {
    await()
        .untilAsserted(() -> assertThat(one.longOf(
                "select count(*) from reprise.executions where status = 'FAILED' and function = '"
                    + function + "'"))
            .as("failures of %s", function)
            .isEqualTo(failures));
  }

  private static String account(Guard guard, int number) {
    return guard + " " + number;
  }

  private static long amount(String name) {
    return one.longOf("select amount from ledger where name = '" + name + "'");
  }
}
