package dev.reprise.samples.shop;

import dev.reprise.Bindings;
import dev.reprise.FunctionModule;
import dev.reprise.Settings;
import java.net.URI;

/** Gives the functions of the shop their payment provider: {@code REPRISE_APP_PAYMENT_URL}. */
public class ShopModule implements FunctionModule {
  private static final String DEFAULT_URL = "http://127.0.0.1:8081";

  @Override
  public void configure(Bindings bindings, Settings settings) {
    var url = settings.get("PAYMENT_URL").orElse(DEFAULT_URL);
    bindings.bind(PaymentClient.class, new PaymentClient(provider(url)));
  }

  private static URI provider(String url) {
    try {
      var uri = URI.create(url);
      if (uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(invalid(url), e);
    }
    throw new IllegalArgumentException(invalid(url));
  }

  private static String invalid(String url) {
    return "REPRISE_APP_PAYMENT_URL is a URL like " + DEFAULT_URL + ", not \"" + url + "\"";
  }
}
