package dev.reprise.runtime.http;

import dev.reprise.runtime.execution.Engine;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.json.JsonObject;
import java.util.List;
import java.util.function.Function;

/** {@code GET /v1/functions} and {@code GET /openapi.json}: what can be called. */
final class FunctionCatalogue {
  private final Engine engine;
  private final Function<FunctionDefinition, JsonCodec> codecs;
  private final OpenApi openApi;

  FunctionCatalogue(Engine engine, Function<FunctionDefinition, JsonCodec> codecs) {
    this.engine = engine;
    this.codecs = codecs;
    this.openApi = new OpenApi(codecs);
  }

  List<Route> routes() {
    return List.of(
        Route.get(
            "/v1/functions",
            Endpoint.atOnce(ctx ->
                ExecutionView.list(engine.functions().stream().map(this::view).toList(), null))),
        Route.get(
            "/openapi.json",
            Endpoint.atOnce(
                ctx -> Answer.json(200, openApi.document(engine.functions()).toString()))));
  }

  private JsonObject view(FunctionDefinition function) {
    var codec = codecs.apply(function);
    var parameters = function.parameters().stream()
        .map(parameter -> new JsonObject()
            .put("name", parameter.name())
            .putRaw("schema", codec.schema(parameter.type())))
        .toList();
    return new JsonObject()
        .put("name", function.name())
        .put("kind", function.kind().label())
        .put("version", function.version())
        .put("parameters", parameters)
        .putRaw("result", codec.schema(function.method().getGenericReturnType()));
  }
}
