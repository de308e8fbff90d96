package dev.reprise.runtime.http;

import dev.reprise.ExecutionStatus;
import dev.reprise.runtime.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The parts of the OpenAPI document that are the same on every server. */
final class OpenApiParts {
  private static final String EXECUTION = "/v1/executions/{id}";

  private OpenApiParts() {}

  /** Adds the routes that do not depend on what is deployed. */
  static void addRoutes(JsonObject paths) {
    paths
        .put("/v1/functions", get("Lists the functions", "Functions"))
        .put(
            "/v1/executions",
            get(
                "Lists executions, the newest first",
                "Executions",
                query("function", "The name of the function"),
                query("status", "A state; several separated by commas, or repeated"),
                query("tag", "name:value; repeated for several, all of which are needed"),
                query("from", "Created at or after, ISO-8601 with offset"),
                query("to", "Created before, ISO-8601 with offset"),
                query("limit", "How many at most, 1-1000; 100 unless stated"),
                query("cursor", "The \"next\" of the page before")))
        .put(EXECUTION, get("Shows an execution", "Execution", id()))
        .put(EXECUTION + "/operations", get("Shows the log of an execution", "Operations", id()))
        .put(
            EXECUTION + "/result",
            get(
                "Waits for the result; answered as the call itself",
                "Result",
                id(),
                query("wait", "For how many seconds at most")))
        .put(EXECUTION + "/cancel", post("Asks for cancellation"))
        .put(EXECUTION + "/resume", post("Lets a parked execution go on"))
        .put(EXECUTION + "/fork", fork())
        .put(EXECUTION + "/messages/{topic}", message())
        .put(
            EXECUTION + "/events/{key}",
            get(
                "The latest value of an event, or all as server-sent events; 202 while there is none",
                "Result",
                id(),
                parameter("path", "key", "The key it is published under", true),
                query("wait", "For how many seconds at most"),
                header("Last-Event-ID", "Where a stream is gone on with")))
        .put("/v1/queues", get("Lists the queues", "Queues"))
        .put(
            "/v1/queues/{name}",
            get("Shows a queue", "Queue", queue())
                .put(
                    "put",
                    operation("Sets limits of a queue", "200", "Queue", List.of(queue()))
                        .put(
                            "requestBody",
                            new JsonObject()
                                .put("required", true)
                                .put("content", content(reference("schemas", "Limits"))))));
    OpenApiServices.addRoutes(paths);
  }

  /** Schemas and responses that the paths refer to. */
  static JsonObject components() {
    var responses = new JsonObject()
        .put("Functions", response("Functions", list(new JsonObject().put("type", "object"))))
        .put("Executions", response("Executions", list(reference("schemas", "Execution"))))
        .put("Execution", response("An execution", reference("schemas", "Execution")))
        .put("Operations", response("Operations", list(reference("schemas", "Operation"))))
        .put("Forked", response("The new execution", reference("schemas", "Forked")))
        .put("Queues", response("Queues", list(reference("schemas", "Queue"))))
        .put("Queue", response("A queue", reference("schemas", "Queue")))
        .put("Result", response("What the function gave", new JsonObject()))
        .put("Accepted", response("It goes on; see Location", reference("schemas", "Accepted")))
        .put(
            "Problem",
            new JsonObject()
                .put("description", "What was wrong (RFC 9457)")
                .put(
                    "content",
                    new JsonObject()
                        .put(
                            MediaTypes.PROBLEM,
                            new JsonObject().put("schema", reference("schemas", "Problem")))));
    var schemas = new JsonObject()
        .put("Execution", execution())
        .put("Operation", operation())
        .put("Status", new JsonObject().put("type", "string").put("enum", states()))
        .put("Limits", limits())
        .put("Rate", object("starts:integer", "period:string"))
        .put("Queue", queueSchema())
        .put("Accepted", object("id:string", "status:#Status"))
        .put("Forked", object("id:string", "status:#Status", "forkedFrom:string"))
        .put("Problem", object("type:string", "title:string", "status:integer", "detail:string"));
    OpenApiServices.addResponses(responses);
    OpenApiServices.addSchemas(schemas);
    return new JsonObject().put("schemas", schemas).put("responses", responses);
  }

  private static List<String> states() {
    return Arrays.stream(ExecutionStatus.values()).map(Enum::name).toList();
  }

  static JsonObject header(String name, String description) {
    return parameter("header", name, description, false);
  }

  static JsonObject reference(String kind, String name) {
    return new JsonObject().put("$ref", "#/components/" + kind + "/" + name);
  }

  static JsonObject content(JsonObject schema) {
    return new JsonObject().put(MediaTypes.JSON, new JsonObject().put("schema", schema));
  }

  private static JsonObject execution() {
    return object(
        "id:string",
        "function:string",
        "version:string?",
        "status:#Status",
        "input:array",
        "output:",
        "error:object",
        "parent:string?",
        "createdAt:string",
        "startedAt:string?",
        "completedAt:string?",
        "wakeAt:string?",
        "attempts:integer",
        "forkedFrom:string",
        "forkedAt:string",
        "recoveries:integer",
        "tags:object");
  }

  private static JsonObject limits() {
    return object("concurrency:integer?", "perNode:integer?", "rate:#Rate");
  }

  private static JsonObject queueSchema() {
    return object(
        "name:string",
        "concurrency:integer?",
        "perNode:integer?",
        "rate:#Rate",
        "changed:boolean",
        "waiting:integer",
        "delayed:integer",
        "running:integer",
        "sleeping:integer",
        "parked:integer",
        "oldest:string?",
        "blocked:array");
  }

  private static JsonObject queue() {
    return parameter("path", "name", "The name of the queue", true);
  }

  private static JsonObject operation() {
    return object(
        "position:string",
        "function:string",
        "kind:string",
        "output:",
        "error:object",
        "attempt:integer",
        "transactionId:string?",
        "snapshot:string?",
        "isolation:string?",
        "startedAt:string?",
        "completedAt:string");
  }

  /** An object with properties written as {@code name:type}, with a question mark where they may be null, or {@code name:#Schema}. */
  static JsonObject object(String... properties) {
    var schemas = new JsonObject();
    for (var property : properties) {
      int colon = property.indexOf(':');
      var type = property.substring(colon + 1);
      var schema = new JsonObject();
      if (type.startsWith("#")) {
        schema = reference("schemas", type.substring(1));
      } else if (type.endsWith("?")) {
        schema.put("type", List.of(type.substring(0, type.length() - 1), "null"));
      } else if (!type.isEmpty()) {
        schema.put("type", type);
      }
      schemas.put(property.substring(0, colon), schema);
    }
    return new JsonObject().put("type", "object").put("properties", schemas);
  }

  static JsonObject list(JsonObject items) {
    var properties = new JsonObject()
        .put("items", new JsonObject().put("type", "array").put("items", items))
        .put("next", new JsonObject().put("type", List.of("string", "null")));
    return new JsonObject().put("type", "object").put("properties", properties);
  }

  static JsonObject response(String description, JsonObject schema) {
    return new JsonObject().put("description", description).put("content", content(schema));
  }

  static JsonObject get(String summary, String response, JsonObject... parameters) {
    return operation("get", summary, "200", response, List.of(parameters));
  }

  private static JsonObject post(String summary) {
    return operation("post", summary, "202", "Accepted", List.of(id()));
  }

  private static JsonObject fork() {
    return operation(
        "post",
        "Begins another execution of a workflow with the operations before a position",
        "201",
        "Forked",
        List.of(
            id(),
            query(
                "from", "The first position that is done again, like 3 or 3.1; all unless stated"),
            query("version", "The version to run; the active one unless stated")));
  }

  private static JsonObject message() {
    var body = new JsonObject().put("required", true).put("content", content(new JsonObject()));
    var operation = new JsonObject()
        .put("summary", "Sends a message to an execution")
        .put(
            "parameters",
            List.of(
                id(),
                parameter("path", "topic", "What it is received by", true),
                header(IdempotencyKey.HEADER, "Sent again under the same key it is one message"),
                header(Prefer.HEADER, "wait=N for the answer, for at most N seconds"),
                header("Reprise-Delay", "When it can be received: 30s, 2h or ISO-8601")))
        .put("requestBody", body)
        .put(
            "responses",
            new JsonObject()
                .put("200", reference("responses", "Result"))
                .put("202", reference("responses", "Accepted"))
                .put("default", reference("responses", "Problem")));
    return new JsonObject().put("post", operation);
  }

  private static JsonObject operation(
      String method, String summary, String status, String response, List<JsonObject> parameters) {
    return new JsonObject().put(method, operation(summary, status, response, parameters));
  }

  static JsonObject operation(
      String summary, String status, String response, List<JsonObject> parameters) {
    return new JsonObject()
        .put("summary", summary)
        .put("parameters", new ArrayList<>(parameters))
        .put(
            "responses",
            new JsonObject()
                .put(status, reference("responses", response))
                .put("default", reference("responses", "Problem")));
  }

  private static JsonObject id() {
    return parameter("path", "id", "The id of the execution", true);
  }

  static JsonObject query(String name, String description) {
    return parameter("query", name, description, false);
  }

  static JsonObject parameter(String in, String name, String description, boolean required) {
    return new JsonObject()
        .put("name", name)
        .put("in", in)
        .put("required", required)
        .put("description", description)
        .put("schema", new JsonObject().put("type", "string"));
  }
}
