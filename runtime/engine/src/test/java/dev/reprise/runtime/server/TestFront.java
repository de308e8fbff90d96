package dev.reprise.runtime.server;

/** A runtime without HTTP, for tests of other packages. */
public final class TestFront {
  private TestFront() {}

  public static EmbeddedRuntime.Front none() {
    return new NoFront(() -> {});
  }
}
