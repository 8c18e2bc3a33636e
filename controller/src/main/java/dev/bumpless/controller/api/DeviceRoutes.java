package dev.bumpless.controller.api;

import dev.bumpless.controller.api.Answers.DeviceBody;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.protocol.DeviceId;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;

/** {@code /devices}: who they are and what they say. */
final class DeviceRoutes {
  private final Fleet fleet;
  private final RestJson json;

  DeviceRoutes(Fleet fleet, RestJson json) {
    this.fleet = fleet;
    this.json = json;
  }

  void installOn(RoutesConfig routes) {
    routes.get(RestServer.BASE + "/devices", this::all);
    routes.get(RestServer.BASE + "/devices/{id}", this::one);
    routes.put(RestServer.BASE + "/devices/{id}/labels", this::label);
  }

  private void all(Context context) {
    answer(context, fleet.devices().stream().map(DeviceBody::of).toList());
  }

  private void one(Context context) {
    answer(context, DeviceBody.of(fleet.require(new DeviceId(context.pathParam("id")))));
  }

  private void label(Context context) {
    DeviceId id = new DeviceId(context.pathParam("id"));
    context.attribute(RestServer.OBJECT, "labels of " + id);
    fleet.label(id, json.readTexts(context.bodyAsBytes()));
    one(context);
  }

  private void answer(Context context, Object body) {
    context.contentType("application/json").result(json.write(body));
  }
}
