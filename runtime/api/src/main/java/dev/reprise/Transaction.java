package dev.reprise;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs the method in one PostgreSQL transaction that also records its outcome, so that its effects are committed
 * exactly once per call.
 *
 * <p>The method reaches the database through the {@link javax.sql.DataSource} injected into its class; connections from
 * it are bound to the transaction. Serialization failures and deadlocks (SQLSTATE 40001, 40P01) run the method again, so
 * it must have no effect outside the database. An exception rolls back and is recorded.
 *
 * <p>Called from another {@code @Transaction} it joins that transaction behind a savepoint; isolation, role and
 * {@code readOnly} must then be the same.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Transaction {
  /** The isolation level; serializable unless stated. */
  Isolation isolation() default Isolation.SERIALIZABLE;

  /** Whether the transaction is {@code READ ONLY}: PostgreSQL then refuses writes. Default false. */
  boolean readOnly() default false;

  /**
   * A database role to run under ({@code SET LOCAL ROLE}); empty for the session's own. A guard against mistakes, not a
   * sandbox: SQL can undo it.
   */
  String role() default "";
}
