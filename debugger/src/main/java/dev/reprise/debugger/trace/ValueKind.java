package dev.reprise.debugger.trace;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Kinds of values that can be replaced by others of the same kind. */
enum ValueKind {
  TEXT,
  /** {@code char(n)}: blanks at its end do not count. */
  PADDED_TEXT,
  NUMBER,
  FLOAT,
  UUID,
  DATE,
  TIMESTAMP,
  TIMESTAMP_WITH_ZONE,
  BYTES,
  /** Every text in it is replaced. */
  JSON;

  static final String SUPPORTED = "texts, numbers, uuid, date, timestamps, bytea and JSON";

  /** The kind of a type as {@code format_type()} writes it; null where its values cannot be replaced. */
  static @Nullable ValueKind of(String type) {
    String plain = type.replaceAll("\\([^)]*\\)", "").toLowerCase(Locale.ROOT);
    return switch (plain.substring(plain.lastIndexOf('.') + 1)) {
      case "text", "character varying", "citext", "name" -> TEXT;
      case "character" -> PADDED_TEXT;
      case "smallint", "integer", "bigint", "numeric" -> NUMBER;
      case "real", "double precision" -> FLOAT;
      case "uuid" -> UUID;
      case "date" -> DATE;
      case "timestamp without time zone" -> TIMESTAMP;
      case "timestamp with time zone" -> TIMESTAMP_WITH_ZONE;
      case "bytea" -> BYTES;
      case "json", "jsonb" -> JSON;
      default -> null;
    };
  }
}
