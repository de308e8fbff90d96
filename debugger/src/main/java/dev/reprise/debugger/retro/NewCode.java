package dev.reprise.debugger.retro;

import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.store.ExecutionRow;

/** The code that an execution is run with. Thread-safe. */
@FunctionalInterface
public interface NewCode {
  /** The application for an execution. */
  Application of(ExecutionRow row);
}
