package dev.reprise.spi;

import dev.reprise.WorkQueue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@link dev.reprise.Reprise.Builder} collected. */
public record RuntimeSpec(
    @Nullable String url,
    @Nullable String user,
    @Nullable String password,
    List<Class<?>> functions,
    Map<Class<?>, Object> bindings,
    List<WorkQueue> queues,
    @Nullable String version,
    @Nullable Integer port,
    Duration shutdownGrace) {
  @Override
  public String toString() {
    return "RuntimeSpec[functions=" + functions + ", version=" + version + "]";
  }
}
