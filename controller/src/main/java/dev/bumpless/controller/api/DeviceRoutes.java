package dev.bumpless.controller.api;

import dev.bumpless.controller.api.DeviceAnswers.DesiredBody;
import dev.bumpless.controller.api.DeviceAnswers.DeviceBody;
import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.release.ReleaseService;
import dev.bumpless.controller.rollout.Rollouts;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.ReleaseId;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.Map;

/** {@code /devices}: who they are and what they say. */
final class DeviceRoutes {
  private final Fleet fleet;
  private final Rollouts rollouts;
  private final ReleaseService releases;
  private final Auditing auditing;
  private final RestJson json;

  DeviceRoutes(
      Fleet fleet, Rollouts rollouts, ReleaseService releases, Auditing auditing, RestJson json) {
    this.fleet = fleet;
    this.rollouts = rollouts;
    this.releases = releases;
    this.auditing = auditing;
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
    Device device = fleet.require(new DeviceId(context.pathParam("id")));
    answer(context, DeviceBody.of(device).withDesired(desired(device)).withImages(this::images));
  }

  private List<DesiredBody> desired(Device device) {
    return rollouts.ordersOf(device.id()).stream()
        .map(stored -> DesiredBody.of(stored, device.app(stored.order().app())))
        .toList();
  }

  /** None of a release that this controller never had. */
  private Map<String, String> images(ReleaseId release) {
    return releases.find(release).map(Answers::imagesOf).orElse(Map.of());
  }

  private void label(Context context) {
    DeviceId id = new DeviceId(context.pathParam("id"));
    context.attribute(RestServer.OBJECT, "labels of " + id);
    Map<String, String> labels = json.readTexts(context.bodyAsBytes());
    auditing.begin(context, "labels of " + id);
    fleet.label(id, labels);
    one(context);
  }

  private void answer(Context context, Object body) {
    context.contentType("application/json").result(json.write(body));
  }
}
