package dev.reprise.runtime.http;

import dev.reprise.runtime.http.DeploymentDesk.Deployed;
import dev.reprise.runtime.http.DeploymentDesk.Upload;
import dev.reprise.runtime.json.JsonObject;
import dev.reprise.runtime.store.DeploymentStore.Deployment;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The routes below {@code /v1/deployments}. */
final class DeploymentRoutes {
  private static final String DEPLOYMENTS = "/v1/deployments";
  private static final Pattern NAME = Pattern.compile("[^/\\\\\\p{Cntrl}]{1,200}");

  private final Optional<DeploymentDesk> desk;
  private final RequestBody bodies;
  private final JarBody jars;

  /** Where {@code desk} is empty, they say why nothing can be deployed. */
  DeploymentRoutes(Optional<DeploymentDesk> desk, RequestBody bodies, JarBody jars) {
    this.desk = desk;
    this.bodies = bodies;
    this.jars = jars;
  }

  List<Route> routes() {
    return List.of(
        Route.get(DEPLOYMENTS, Endpoint.atOnce(this::list)),
        Route.post(DEPLOYMENTS, Endpoint.atOnce(this::deploy)),
        Route.post(DEPLOYMENTS + "/rollback", Endpoint.atOnce(this::rollback)),
        Route.post(DEPLOYMENTS + "/{version}/activate", Endpoint.atOnce(this::activate)),
        Route.post(DEPLOYMENTS + "/{version}/remove", Endpoint.atOnce(this::remove)));
  }

  private DeploymentDesk desk() {
    return desk.orElseThrow(() -> Problem.NO_DEPLOYMENTS.because(
        "the functions of this server are part of its application; start \"reprise serve\" on the database"
            + " to deploy jars"));
  }

  private Answer list(Context ctx) {
    var unused = new QueryString(ctx.queryString(), Set.of());
    return ExecutionView.list(desk().list().stream().map(DeploymentRoutes::view).toList(), null);
  }

  private Answer deploy(Context ctx) {
    var query = new QueryString(ctx.queryString(), Set.of("name", "activate", "migrate"));
    var name = query.text("name").orElse("functions.jar");
    if (!NAME.matcher(name).matches()) {
      throw QueryString.invalid("name", "the name of a file, of at most 200 characters", name);
    }
    boolean activate = flag(query, "activate");
    boolean migrate = flag(query, "migrate");
    var desk = desk();
    var jar = jars.read(ctx);
    try {
      var deployed = desk.deploy(new Upload(jar, name, activate, migrate));
      return Answer.json(deployed.isNew() ? 201 : 200, view(deployed).toString());
    } finally {
      delete(jar);
    }
  }

  private static void delete(Path jar) {
    try {
      Files.deleteIfExists(jar);
    } catch (IOException e) {
      throw new UncheckedIOException("a jar that was sent cannot be deleted", e);
    }
  }

  private Answer activate(Context ctx) {
    var query = new QueryString(ctx.queryString(), Set.of("migrate"));
    boolean migrate = flag(query, "migrate");
    bodies.read(ctx);
    return Answer.json(200, view(desk().activate(version(ctx), migrate)).toString());
  }

  private Answer rollback(Context ctx) {
    withoutQuery(ctx);
    var done = desk().rollback();
    return Answer.json(
        200,
        new JsonObject()
            .put("from", done.from())
            .put("to", done.to())
            .put("migrationsThatStay", done.migrations())
            .toString());
  }

  private Answer remove(Context ctx) {
    withoutQuery(ctx);
    return Answer.json(200, view(desk().remove(version(ctx))).toString());
  }

  private void withoutQuery(Context ctx) {
    var unused = new QueryString(ctx.queryString(), Set.of());
    bodies.read(ctx);
  }

  private static String version(Context ctx) {
    var version = ctx.pathParam("version");
    if (version.chars().anyMatch(Character::isISOControl)) {
      throw Problem.UNKNOWN_DEPLOYMENT.because("there is no version of that kind");
    }
    return version;
  }

  private static boolean flag(QueryString query, String name) {
    return switch (query.text(name).orElse("true")) {
      case "true" -> true;
      case "false" -> false;
      default ->
        throw QueryString.invalid(name, "true or false", query.text(name).orElse(""));
    };
  }

  private static JsonObject view(Deployed deployed) {
    var replaced = deployed.replaced().stream()
        .map(one -> new JsonObject()
            .put("version", one.version())
            .put("name", one.name())
            .put("lostFunctions", one.lost()))
        .toList();
    return view(deployed.deployment())
        .put("replaced", replaced)
        .put("migrations", deployed.migrations());
  }

  private static JsonObject view(Deployment deployment) {
    return new JsonObject()
        .put("version", deployment.version())
        .put("name", deployment.name())
        .put("active", deployment.activatedAt() != null)
        .put("functions", deployment.functions())
        .put("createdAt", deployment.createdAt())
        .put("activatedAt", deployment.activatedAt())
        .put("executions", deployment.executions());
  }
}
