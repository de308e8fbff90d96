package dev.reprise.spi;

import dev.reprise.Reprise;

/** The engine's entry, found by {@link java.util.ServiceLoader}. */
public interface RuntimeFactory {
  /** Starts a node. */
  Reprise start(RuntimeSpec spec);
}
