package dev.reprise.runtime.record;

import dev.reprise.RepriseException;
import org.jspecify.annotations.Nullable;

/** The database forbids the recording; the message says why and what to do. */
public final class RecordingImpossibleException extends RepriseException {
  RecordingImpossibleException(String reason, String remedy, @Nullable Throwable cause) {
    super("changes cannot be recorded: " + reason + "; " + remedy, cause);
  }
}
