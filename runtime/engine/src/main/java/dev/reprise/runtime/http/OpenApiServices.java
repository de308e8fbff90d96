package dev.reprise.runtime.http;

import dev.reprise.runtime.json.JsonObject;
import java.util.List;

/** The parts of the OpenAPI document about schedules and deployments. */
final class OpenApiServices {
  private static final String SCHEDULE = "/v1/schedules/{name}";
  private static final String DEPLOYMENTS = "/v1/deployments";
  private static final String DEPLOYMENT = DEPLOYMENTS + "/{version}";

  private OpenApiServices() {}

  static void addRoutes(JsonObject paths) {
    var name = OpenApiParts.parameter("path", "name", "The name of the schedule", true);
    var version = OpenApiParts.parameter("path", "version", "The version", true);
    var migrate =
        OpenApiParts.query("migrate", "Whether to run the migrations of the jar; true unless set");
    paths
        .put("/v1/schedules", OpenApiParts.get("Lists the schedules", "Schedules"))
        .put(SCHEDULE, OpenApiParts.get("Shows a schedule", "Schedule", name))
        .put(SCHEDULE + "/pause", post("Pauses a schedule", "200", "Schedule", name))
        .put(SCHEDULE + "/resume", post("Ends the pause of a schedule", "200", "Schedule", name))
        .put(SCHEDULE + "/trigger", post("Starts a run now", "202", "Accepted", name))
        .put(
            DEPLOYMENTS,
            new JsonObject()
                .put(
                    "get",
                    OpenApiParts.operation(
                        "Lists the deployments", "200", "Deployments", List.of()))
                .put("post", deploy(migrate)))
        .put(
            DEPLOYMENT + "/activate",
            post("Makes new calls go to a version", "200", "Deployment", version, migrate))
        .put(DEPLOYMENT + "/remove", post("Deletes a jar", "200", "Deployment", version))
        .put(
            DEPLOYMENTS + "/rollback",
            post("Makes active what was before the last activation", "200", "RolledBack"));
  }

  private static JsonObject deploy(JsonObject migrate) {
    var body = new JsonObject().put("type", "string").put("contentMediaType", JarBody.TYPE);
    var operation = OpenApiParts.operation(
        "Deploys a jar; 200 where it is kept already",
        "201",
        "Deployment",
        List.of(
            OpenApiParts.query("name", "The name of the file, for people"),
            OpenApiParts.query("activate", "Whether new calls go to it; true unless set"),
            migrate));
    return operation.put(
        "requestBody",
        new JsonObject()
            .put("required", true)
            .put(
                "content",
                new JsonObject().put(JarBody.TYPE, new JsonObject().put("schema", body))));
  }

  private static JsonObject post(
      String summary, String status, String response, JsonObject... parameters) {
    return new JsonObject()
        .put("post", OpenApiParts.operation(summary, status, response, List.of(parameters)));
  }

  static void addResponses(JsonObject responses) {
    var schedule = OpenApiParts.reference("schemas", "Schedule");
    var deployment = OpenApiParts.reference("schemas", "Deployment");
    responses
        .put("Schedules", OpenApiParts.response("Schedules", OpenApiParts.list(schedule)))
        .put("Schedule", OpenApiParts.response("The schedule now", schedule))
        .put("Deployments", OpenApiParts.response("Deployments", OpenApiParts.list(deployment)))
        .put("Deployment", OpenApiParts.response("The deployment now", deployment))
        .put(
            "RolledBack",
            OpenApiParts.response(
                "What is active now",
                OpenApiParts.object("from:array", "to:array", "migrationsThatStay:array")));
  }

  static void addSchemas(JsonObject schemas) {
    schemas
        .put(
            "Schedule",
            OpenApiParts.object(
                "name:string",
                "function:string",
                "version:string?",
                "state:string",
                "cron:string",
                "zone:string",
                "missed:string",
                "overlap:string",
                "nextAt:string?",
                "pausedAt:string?",
                "lastAt:string?",
                "lastExecution:string?"))
        .put(
            "Deployment",
            OpenApiParts.object(
                "version:string",
                "name:string",
                "active:boolean",
                "functions:array",
                "createdAt:string",
                "activatedAt:string?",
                "executions:integer",
                "replaced:array",
                "migrations:integer"));
  }
}
