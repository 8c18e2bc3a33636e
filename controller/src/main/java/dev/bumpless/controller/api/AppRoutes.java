package dev.bumpless.controller.api;

import dev.bumpless.controller.api.Answers.AppBody;
import dev.bumpless.controller.api.Answers.AppDeviceBody;
import dev.bumpless.controller.api.Answers.DiffBody;
import dev.bumpless.controller.api.Answers.ReleaseBody;
import dev.bumpless.controller.api.Requests.DiffRequest;
import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.release.ReleaseService;
import dev.bumpless.controller.release.StoredRelease;
import dev.bumpless.controller.rollout.Rollouts;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.MessageCodec.AppText;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /apps} and {@code /diff}: what may run, and where it does. */
final class AppRoutes {
  private static final int MAX_LIMIT = 500;

  private final ReleaseService releases;
  private final Rollouts rollouts;
  private final Fleet fleet;
  private final AppText appText;
  private final RestJson json;

  AppRoutes(
      ReleaseService releases, Rollouts rollouts, Fleet fleet, AppText appText, RestJson json) {
    this.releases = releases;
    this.rollouts = rollouts;
    this.fleet = fleet;
    this.appText = appText;
    this.json = json;
  }

  void installOn(RoutesConfig routes) {
    routes.get(RestServer.BASE + "/apps", this::all);
    routes.get(RestServer.BASE + "/apps/{app}", this::one);
    routes.get(RestServer.BASE + "/apps/{app}/releases", this::releases);
    routes.post(RestServer.BASE + "/diff", this::diff);
  }

  private void all(Context context) {
    List<Device> devices = fleet.devices();
    answer(
        context,
        releases.apps().stream()
            .map(app -> body(releases.requireNewest(app), devices, null))
            .toList());
  }

  private void one(Context context) {
    StoredRelease newest = releases.requireNewest(new AppName(context.pathParam("app")));
    answer(context, body(newest, fleet.devices(), newest.manifest()));
  }

  private void releases(Context context) {
    AppName app = new AppName(context.pathParam("app"));
    releases.requireNewest(app);
    Optional<ReleaseId> desired = rollouts.desired(app);
    answer(
        context,
        releases.history(app, Query.number(context, "limit", 50, 1, MAX_LIMIT)).stream()
            .map(stored -> ReleaseBody.of(stored, desired))
            .toList());
  }

  private void diff(Context context) {
    @Nullable String manifest = json.read(context.bodyAsBytes(), DiffRequest.class).manifest();
    if (manifest == null) {
      throw Problem.of(Problem.Code.BAD_REQUEST, "'manifest' is missing", "see /openapi.json");
    }
    App wanted = releases.pin(Manifests.read(manifest).app()).app();
    Optional<StoredRelease> newest = releases.newest(wanted.name());
    String before = newest.map(stored -> appText.write(stored.release().app())).orElse("");
    String from = newest.map(stored -> stored.id().toString()).orElse("nothing");
    String diff = UnifiedDiff.of(from, before, wanted.name() + " as given", appText.write(wanted));
    answer(context, new DiffBody(wanted.name().value(), !diff.isEmpty(), diff));
  }

  private AppBody body(StoredRelease newest, List<Device> devices, @Nullable String manifest) {
    AppName app = newest.id().app();
    return new AppBody(
        app.value(),
        newest.id().toString(),
        Answers.imagesOf(newest),
        devices.stream().flatMap(device -> on(device, app).stream()).toList(),
        manifest);
  }

  private static Optional<AppDeviceBody> on(Device device, AppName app) {
    return device
        .app(app)
        .filter(report -> report.phase() != Phase.DELETED)
        .map(
            report ->
                new AppDeviceBody(
                    device.id().value(),
                    device.online(),
                    Answers.text(report.serving().map(Revision::release)),
                    report.slot().orElse(null),
                    report.phase().name(),
                    report.wayBack().orElse(null)));
  }

  private void answer(Context context, Object body) {
    context.contentType("application/json").result(json.write(body));
  }
}
