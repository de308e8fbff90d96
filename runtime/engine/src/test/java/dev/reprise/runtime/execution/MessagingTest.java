package dev.reprise.runtime.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.json.JsonCodec;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What executions send and publish, as it is compared with the log when their code is run again. */
class MessagingTest {
  @Test
  void theOrderOfAMapDoesNotMatter() {
    var here = new LinkedHashMap<>(Map.of("n", 1));
    here.put("who", 2);
    var afterARestart = new LinkedHashMap<>(Map.of("who", 2));
    afterARestart.put("n", 1);
    var codec = new JsonCodec();
    assertThat(Messaging.encode(codec, "an event", here))
        .isEqualTo(Messaging.encode(codec, "an event", afterARestart));
  }
}
