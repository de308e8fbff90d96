package dev.reprise.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class FreshDatabaseTest {
  private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

  @RegisterExtension
  final RepriseExtension reprise = RepriseExtension.functions(Counters.class);

  @RepeatedTest(4)
  void everyMethodOfAnInstanceRegistrationBeginsEmpty() throws Exception {
    assertThat(reprise.get(Counters.class).add("only", 1)).isEqualTo(1);
    try (var connection = reprise.connection()) {
      assertThat(SEEN.add(connection.getMetaData().getURL())).isTrue();
    }
  }
}
