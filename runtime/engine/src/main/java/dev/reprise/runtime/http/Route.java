package dev.reprise.runtime.http;

import io.javalin.http.HandlerType;

/**
 * A route.
 *
 * @param path with parameters in braces
 * @param produces the type of its answers other than errors; empty where it has several
 */
record Route(HandlerType method, String path, String produces, Endpoint endpoint) {
  static Route get(String path, Endpoint endpoint) {
    return new Route(HandlerType.GET, path, MediaTypes.JSON, endpoint);
  }

  /** A route that looks itself at what the client accepts. */
  static Route negotiated(String path, Endpoint endpoint) {
    return new Route(HandlerType.GET, path, "", endpoint);
  }

  static Route post(String path, Endpoint endpoint) {
    return new Route(HandlerType.POST, path, MediaTypes.JSON, endpoint);
  }

  static Route put(String path, Endpoint endpoint) {
    return new Route(HandlerType.PUT, path, MediaTypes.JSON, endpoint);
  }
}
