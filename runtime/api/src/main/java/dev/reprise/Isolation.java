package dev.reprise;

/**
 * The isolation levels of PostgreSQL (manual, chapter 13.2). {@code READ UNCOMMITTED} is absent because PostgreSQL
 * treats it as {@link #READ_COMMITTED}.
 */
public enum Isolation {
  /** As if the transactions had run one after the other; the default. */
  SERIALIZABLE,
  /** One snapshot for the whole transaction; write skew is possible. */
  REPEATABLE_READ,
  /** A snapshot for every statement; replay of such functions is not guaranteed to be faithful. */
  READ_COMMITTED
}
