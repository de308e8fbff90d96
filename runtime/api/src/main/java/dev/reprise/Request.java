package dev.reprise;

/**
 * A message whose sender waits for an answer. The first answer counts; it is durable when the method returns, and given
 * once, whatever crashes. The answer to a message whose sender does not wait is recorded all the same, and has no
 * effect. For the workflow that received it; both methods are durable calls.
 *
 * @param <M> the type of the message
 */
public interface Request<M> {
  /** What was sent. */
  M message();

  /**
   * Answers it.
   *
   * @param answer not null
   * @throws IllegalStateException it was answered before
   */
  void reply(Object answer);

  /**
   * Declines it: the sender gets a {@link RequestRefusedException} with this reason, over HTTP a 422.
   *
   * @throws IllegalStateException it was answered before
   */
  void refuse(String reason);
}
