package dev.reprise.debugger.explore;

/** A model of which something is changed. */
class Forwarding implements Subject {
  private final Model model;

  Forwarding(Model model) {
    this.model = model;
  }

  @Override
  public Trial run(Chooser chooser) {
    return model.run(chooser);
  }

  @Override
  public String requestOf(String actor) {
    return model.requestOf(actor);
  }
}
