package dev.reprise.runtime.execution;

import dev.reprise.Invocation;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.function.FunctionDefinition;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call that was named by a lambda instead of being made: {@code c -> c.checkout(order)}. */
record Captured(FunctionDefinition function, List<@Nullable Object> arguments) {
  private static final ThreadLocal<@Nullable Recorder> RECORDER = new ThreadLocal<>();

  /** What the lambda calls; an exception of the lambda is thrown as it is. */
  static Captured of(Application application, Class<?> functions, Invocation<?, ?> invocation) {
    var before = RECORDER.get();
    var recorder = new Recorder();
    RECORDER.set(recorder);
    try {
      invoke(invocation, application.client(functions));
    } catch (Exception e) {
      throw Sneaky.raise(e);
    } finally {
      RECORDER.set(before);
    }
    if (recorder.captured == null) {
      throw new IllegalArgumentException("the lambda called no function of " + functions.getName()
          + ": write c -> c.method(arguments) with an annotated method");
    }
    return recorder.captured;
  }

  @SuppressWarnings("unchecked")
  private static <A> void invoke(Invocation<?, ?> invocation, A client) throws Exception {
    var unused = ((Invocation<A, ?>) invocation).on(client);
  }

  /** Takes a call on a client instance, where one is being captured on this thread; false where none is. */
  static boolean take(FunctionDefinition function, @Nullable Object[] arguments) {
    var recorder = RECORDER.get();
    if (recorder == null) {
      return false;
    }
    if (recorder.captured != null) {
      throw new IllegalArgumentException(
          "the lambda calls two functions, " + recorder.captured.function.name() + " and "
              + function.name() + ": it must make exactly one call");
    }
    recorder.captured = new Captured(function, Arrays.asList(arguments.clone()));
    return true;
  }

  /** What a method returns while it is captured: zero, false or null. */
  static @Nullable Object placeholder(Class<?> type) {
    return type.isPrimitive() && type != void.class
        ? java.lang.reflect.Array.get(java.lang.reflect.Array.newInstance(type, 1), 0)
        : null;
  }

  private static final class Recorder {
    private @Nullable Captured captured;
  }
}
