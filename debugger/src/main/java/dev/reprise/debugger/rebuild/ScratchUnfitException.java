package dev.reprise.debugger.rebuild;

import org.jspecify.annotations.Nullable;

/**
 * The scratch server lacks something that the application's schema wants: an extension, a collation, a newer version. The
 * message names it, and {@code --scratch}, which names another server.
 */
public final class ScratchUnfitException extends RebuildException {
  private static final long serialVersionUID = 1L;

  ScratchUnfitException(String missing, @Nullable Throwable cause) {
    super(
        "the scratch server cannot hold the application's schema: " + missing
            + "; name a server that can, with --scratch jdbc:postgresql://host/database",
        cause);
  }
}
