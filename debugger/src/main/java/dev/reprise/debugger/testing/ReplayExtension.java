package dev.reprise.debugger.testing;

import dev.reprise.debugger.replay.Report;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Replays a file of {@code reprise export} once, before the JUnit tests that look at what came of it:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final ReplayExtension OVERSOLD =
 *     ReplayExtension.of(Path.of("src/test/traces/oversold.trace")).functions(Shop.class);
 *
 * @Test
 * void comesOutAsRecorded() {
 *   OVERSOLD.assertFaithful();
 * }
 * }</pre>
 *
 * <p>Tests may ask for the {@link Report} as a parameter. A file that cannot be replayed fails all tests. Set it up before
 * the tests; after that it is thread-safe.
 */
public final class ReplayExtension
    implements BeforeAllCallback, BeforeEachCallback, ParameterResolver {
  private final Path file;
  private final ReplayedTrace trace;
  private volatile @Nullable Report report;

  private ReplayExtension(Path file) {
    this.file = file;
    this.trace = ReplayedTrace.of(file);
  }

  /** The trace in that file, replayed by the code in the file unless {@link #functions} are given. */
  public static ReplayExtension of(Path file) {
    return new ReplayExtension(file);
  }

  /** Replays it by these classes of the test's class path. */
  public ReplayExtension functions(Class<?>... classes) {
    trace.functions(classes);
    return this;
  }

  /** Injects {@code instance} wherever a constructor asks for {@code type}. It is not closed. */
  public <X> ReplayExtension bind(Class<X> type, X instance) {
    trace.bind(type, instance);
    return this;
  }

  /** As {@link ReplayedTrace#trying}. */
  public ReplayExtension trying(int orders, Duration patience) {
    trace.trying(orders, patience);
    return this;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws InterruptedException {
    replay();
  }

  @Override
  public void beforeEach(ExtensionContext context) throws InterruptedException {
    replay();
  }

  private synchronized void replay() throws InterruptedException {
    if (report == null) {
      report = trace.replay();
    }
  }

  /**
   * What came of it.
   *
   * @throws IllegalStateException before the tests
   */
  public Report report() {
    var replayed = report;
    if (replayed == null) {
      throw new IllegalStateException(
          "the trace is replayed before the tests: register this extension by @RegisterExtension");
    }
    return replayed;
  }

  /**
   * Fails the test unless everything came out as recorded.
   *
   * @throws AssertionError something came out other than recorded; the message tells what
   */
  public void assertFaithful() {
    ReplayedTrace.assertFaithful(file, report());
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Report.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return report();
  }
}
