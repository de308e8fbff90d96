package dev.reprise.runtime.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class LogContextTest {
  @Test
  void carriesTheInnermostExecutionAndPutsBackTheOneBefore() {
    var seen = new ArrayList<String>();
    LogContext.within("outer", () -> {
      seen.add(MDC.get(LogContext.EXECUTION));
      LogContext.within("inner", () -> seen.add(MDC.get(LogContext.EXECUTION)));
      return seen.add(MDC.get(LogContext.EXECUTION));
    });
    assertThat(seen).isEqualTo(List.of("outer", "inner", "outer"));
    assertThat(MDC.get(LogContext.EXECUTION)).isNull();
  }

  @Test
  void isTidiedUpWhereTheCodeThrows() {
    assertThatThrownBy(() -> LogContext.within("id", () -> {
          throw new IOException("no");
        }))
        .isInstanceOf(IOException.class);
    assertThat(MDC.get(LogContext.EXECUTION)).isNull();
  }
}
