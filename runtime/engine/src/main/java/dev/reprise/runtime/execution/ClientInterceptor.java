package dev.reprise.runtime.execution;

import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.function.Interceptor;
import dev.reprise.spi.CurrentExecution;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls on the instances for clients: each starts an execution and waits for its end. */
public final class ClientInterceptor implements Interceptor {
  private final Supplier<LocalEngine> engine;

  /** With the engine to ask, once it is there. */
  public ClientInterceptor(Supplier<LocalEngine> engine) {
    this.engine = engine;
  }

  @Override
  public @Nullable Object call(FunctionDefinition function, @Nullable Object[] arguments, Body body)
      throws Throwable {
    if (Captured.take(function, arguments)) {
      return Captured.placeholder(function.method().getReturnType());
    }
    if (CurrentExecution.get() != null) {
      throw new IllegalStateException(
          "an instance that reprise.get(..) gave is for callers outside:"
              + " it would start another execution that the log of this one does not know. Call "
              + function.name() + " on an injected instance, or use Durable.start");
    }
    var request =
        new CallRequest(function, Arrays.asList(arguments), null, "", Map.of(), false, null);
    return new LocalExecution<>(engine.get(), engine.get().submit(request)).outcome();
  }
}
