package dev.reprise.runtime.execution;

import dev.reprise.Request;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.store.MessageStore.Answer;
import dev.reprise.runtime.store.Position;
import dev.reprise.spi.CurrentExecution;

/**
 * A message as the workflow answers it.
 *
 * @param receipt where in the log it was received, which is its name
 */
record ReceivedRequest<M>(Run run, String topic, Position receipt, M message)
    implements Request<M> {
  @Override
  public void reply(Object answer) {
    var messaging = messaging();
    messaging.reply(topic, receipt, new Answer(messaging.encode("an answer", answer), null));
  }

  @Override
  public void refuse(String reason) {
    messaging().reply(topic, receipt, new Answer(null, Json.quote(reason)));
  }

  /** Of the branch that answers. */
  private Messaging messaging() {
    if (!(CurrentExecution.get() instanceof WorkflowScope scope) || scope.run() != run) {
      throw new IllegalStateException(
          "a request can be answered only by the workflow that received it");
    }
    return new Messaging(scope);
  }

  @Override
  public String toString() {
    return "Request[" + topic + " at " + receipt + "]";
  }
}
