package dev.bumpless.controller.api;

import dev.bumpless.controller.api.Answers.RolloutBody;
import dev.bumpless.controller.api.Requests.RolloutRequest;
import dev.bumpless.controller.api.WaveAnswers.PreviewBody;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.rollout.Rollout;
import dev.bumpless.controller.rollout.WaveRequest;
import dev.bumpless.controller.rollout.WaveRollouts;
import dev.bumpless.controller.rollout.WaveRollouts.Verb;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.manifest.RolloutParser;
import dev.bumpless.manifest.RolloutSource;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;

/** What starts, previews and steers rollouts in waves. */
final class WaveRoutes {
  private final WaveRollouts waves;
  private final Fleet fleet;
  private final Auditing auditing;
  private final InstantSource clock;
  private final RestJson json;

  WaveRoutes(
      WaveRollouts waves, Fleet fleet, Auditing auditing, InstantSource clock, RestJson json) {
    this.waves = waves;
    this.fleet = fleet;
    this.auditing = auditing;
    this.clock = clock;
    this.json = json;
  }

  void installOn(RoutesConfig routes) {
    for (Verb verb : Verb.values()) {
      String word = verb.name().toLowerCase(Locale.ROOT);
      routes.post(
          RestServer.BASE + "/rollouts/{id}/" + word, context -> steer(context, verb, word));
    }
  }

  /** Whether an apply is one of a rollout; an undo is one where its name is that of a rollout. */
  boolean takes(RolloutRequest request) {
    return "apply".equals(request.action())
        && request.manifest() != null
        && RolloutParser.isRollout(request.manifest());
  }

  /** Starts it, or tells what would become of it. */
  void apply(Context context, RolloutRequest request) {
    if (request.target() != null) {
      throw Problem.of(
          Problem.Code.BAD_REQUEST,
          "a target beside a manifest of kind: Rollout",
          "its devices are those of the manifest's key target");
    }
    RolloutManifest manifest = Manifests.readRollout(String.valueOf(request.manifest()));
    String object = "rollout " + manifest.name();
    context.attribute(RestServer.OBJECT, request.isDryRun() ? "preview of " + object : object);
    WaveRequest asked = new WaveRequest(manifest, beside(manifest, request), request.isSupersede());
    Instant now = clock.instant();
    if (request.isDryRun()) {
      answer(context, PreviewBody.of(waves.preview(asked, now)));
      return;
    }
    auditing.begin(context, object);
    Rollout rollout = waves.start(asked, now);
    context.status(202);
    answer(context, RolloutBody.of(rollout, fleet, now));
  }

  private static Optional<App> beside(RolloutManifest manifest, RolloutRequest request) {
    return manifest.app() instanceof RolloutSource.Beside file && request.appManifest() != null
        ? Optional.of(Manifests.readBeside(request.appManifest(), file.file()).app())
        : Optional.empty();
  }

  private void steer(Context context, Verb verb, String word) {
    String reference = context.pathParam("id");
    auditing.begin(context, word + " rollout " + reference);
    Instant now = clock.instant();
    Rollout rollout = waves.steer(reference, verb, now);
    context.status(202);
    answer(context, RolloutBody.of(rollout, fleet, now));
  }

  private void answer(Context context, Object body) {
    context.contentType("application/json").result(json.write(body));
  }
}
