package dev.reprise.samples.races;

import dev.reprise.Bindings;
import dev.reprise.FunctionModule;
import dev.reprise.Settings;
import dev.reprise.samples.races.wordpress.PageCache;

/** Gives the functions their page cache. */
public class RacesModule implements FunctionModule {
  @Override
  public void configure(Bindings bindings, Settings settings) {
    bindings.bind(PageCache.class, new PageCache());
  }
}
