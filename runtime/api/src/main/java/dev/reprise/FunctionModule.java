package dev.reprise;

/**
 * The optional set-up of a jar of functions, found by {@link java.util.ServiceLoader}; at most one in a jar. It is made
 * and configured once for every loaded version.
 */
public interface FunctionModule {
  /** Binds the objects that the constructors of functions ask for, and declares queues. What it throws refuses the deployment. */
  void configure(Bindings bindings, Settings settings);
}
