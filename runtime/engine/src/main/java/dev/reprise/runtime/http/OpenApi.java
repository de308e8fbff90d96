package dev.reprise.runtime.http;

import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.function.Parameter;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Describes the server in OpenAPI 3.1: one path for every function, and the routes that every server has. */
final class OpenApi {
  private final Function<FunctionDefinition, JsonCodec> codecs;

  OpenApi(Function<FunctionDefinition, JsonCodec> codecs) {
    this.codecs = codecs;
  }

  /** The document. */
  JsonObject document(List<FunctionDefinition> functions) {
    var paths = new JsonObject();
    for (var function : functions) {
      paths.put("/v1/functions/" + function.name(), new JsonObject().put("post", call(function)));
    }
    OpenApiParts.addRoutes(paths);
    return new JsonObject()
        .put("openapi", "3.1.0")
        .put(
            "info",
            new JsonObject()
                .put("title", "Reprise")
                .put("version", "1")
                .put("description", "Transactional functions for PostgreSQL"))
        .put("paths", paths)
        .put("components", OpenApiParts.components());
  }

  private JsonObject call(FunctionDefinition function) {
    var codec = codecs.apply(function);
    var operation = new JsonObject()
        .put("operationId", function.name())
        .put("summary", "Calls the " + function.kind().label() + " " + function.name())
        .put("tags", List.of("functions"))
        .put("parameters", headers());
    var required = function.parameters().stream().anyMatch(OpenApi::isRequired);
    operation.put(
        "requestBody",
        new JsonObject()
            .put("required", required)
            .put("content", OpenApiParts.content(body(codec, function.parameters()))));
    return operation.put("responses", responses(codec, function));
  }

  private static List<JsonObject> headers() {
    var all = new ArrayList<JsonObject>();
    all.add(OpenApiParts.header(IdempotencyKey.HEADER, "Same key, same answer, one effect"));
    all.add(OpenApiParts.header(Prefer.HEADER, "respond-async, or wait=N for at most N seconds"));
    all.add(OpenApiParts.header(Tags.HEADER, "name=value; may be repeated"));
    all.add(OpenApiParts.header(TraceParent.HEADER, "The W3C trace to go on with"));
    QueueHeaders.DESCRIPTIONS.forEach(
        (name, description) -> all.add(OpenApiParts.header(name, description)));
    return all;
  }

  private static JsonObject responses(JsonCodec codec, FunctionDefinition function) {
    var responses = new JsonObject();
    if (FunctionCalls.isVoid(function)) {
      responses.put("204", new JsonObject().put("description", "It succeeded"));
    } else {
      var result = new JsonObject()
          .put("description", "Its result")
          .put(
              "content",
              new JsonObject()
                  .put(
                      MediaTypes.JSON,
                      new JsonObject()
                          .putRaw(
                              "schema", codec.schema(function.method().getGenericReturnType()))));
      responses.put("200", result);
    }
    return responses
        .put("202", OpenApiParts.reference("responses", "Accepted"))
        .put("default", OpenApiParts.reference("responses", "Problem"));
  }

  /** By position, and by name where all names are known. */
  private static JsonObject body(JsonCodec codec, List<Parameter> parameters) {
    var names =
        parameters.stream().map(Parameter::name).filter(Objects::nonNull).toList();
    var array =
        new JsonObject().put("type", "array").put("description", "The arguments by position");
    if (!parameters.isEmpty()) {
      array.putRawArray(
          "prefixItems",
          parameters.stream().map(parameter -> codec.schema(parameter.type())).toList());
    }
    array.put("maxItems", parameters.size());
    if (names.size() < parameters.size()) {
      return array;
    }
    var properties = new JsonObject();
    for (var parameter : parameters) {
      properties.putRaw(String.valueOf(parameter.name()), codec.schema(parameter.type()));
    }
    var object = new JsonObject()
        .put("type", "object")
        .put("description", "The arguments by name")
        .put("properties", properties)
        .put(
            "required",
            parameters.stream().filter(OpenApi::isRequired).map(Parameter::name).toList())
        .put("additionalProperties", false);
    return new JsonObject().put("oneOf", List.of(object, array));
  }

  private static boolean isRequired(Parameter parameter) {
    return !parameter.type().getTypeName().startsWith(Optional.class.getName());
  }
}
