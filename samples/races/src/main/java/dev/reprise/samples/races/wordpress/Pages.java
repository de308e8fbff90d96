package dev.reprise.samples.races.wordpress;

import dev.reprise.Step;

/** Rendered posts, which are no part of the database. */
public class Pages {
  private final PageCache cache;

  public Pages(PageCache cache) {
    this.cache = cache;
  }

  /** Forgets how a post looks. */
  @Step
  public void purge(long post) {
    cache.remove(post);
  }
}
