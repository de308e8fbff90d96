package dev.reprise.samples.races.wordpress;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps rendered posts. Thread-safe. */
public class PageCache {
  private final Map<Long, String> pages = new ConcurrentHashMap<>();

  /** Keeps how a post looks. */
  public void put(long post, String page) {
    pages.put(post, page);
  }

  /** Forgets how a post looks. */
  public void remove(long post) {
    pages.remove(post);
  }
}
