package dev.bumpless.controller.api;

import dev.bumpless.controller.api.Answers.RolloutBody;
import dev.bumpless.controller.api.Requests.ForceRequest;
import dev.bumpless.controller.api.Requests.RolloutRequest;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.fleet.Selection;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.rollout.Command;
import dev.bumpless.controller.rollout.Rollout;
import dev.bumpless.controller.rollout.Rollouts;
import dev.bumpless.controller.rollout.WaveRollouts.Verb;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.manifest.InvalidManifestException;
import dev.bumpless.manifest.ManifestParser.Parsed;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code /rollouts}: everything that changes what runs. */
final class RolloutRoutes {
  private static final int MAX_LIMIT = 200;

  private final Rollouts rollouts;
  private final Fleet fleet;
  private final Auditing auditing;
  private final InstantSource clock;
  private final RestJson json;
  private final WaveRoutes waves;

  RolloutRoutes(
      Rollouts rollouts, Fleet fleet, Auditing auditing, InstantSource clock, RestJson json) {
    this.rollouts = rollouts;
    this.fleet = fleet;
    this.auditing = auditing;
    this.clock = clock;
    this.json = json;
    this.waves = new WaveRoutes(rollouts.waves(), fleet, auditing, clock, json);
  }

  void installOn(RoutesConfig routes) {
    waves.installOn(routes);
    routes.post(RestServer.BASE + "/rollouts", this::start);
    routes.post(RestServer.BASE + "/rollouts/{id}/force", this::force);
    routes.get(RestServer.BASE + "/rollouts", this::recent);
    routes.get(RestServer.BASE + "/rollouts/{id}", this::one);
    routes.get(RestServer.BASE + "/apps/{app}/status", this::newest);
  }

  private void start(Context context) {
    RolloutRequest request = json.read(context.bodyAsBytes(), RolloutRequest.class);
    if (waves.takes(request)) {
      waves.apply(context, request);
      return;
    }
    refuseWhatRolloutsTake(request);
    Optional<Parsed> manifest = manifest(request);
    Command command = command(request, manifest);
    Selection selection = request.selection();
    auditing.begin(context, command.cause());
    Rollout rollout = start(command, selection, request);
    context.status(202);
    answer(
        context,
        RolloutBody.of(rollout, fleet, clock.instant())
            .withAdvice(manifest.map(Manifests::advice).orElse(List.of())));
  }

  /** An undo without more takes a rollout in waves back where its name is meant. */
  private Rollout start(Command command, Selection selection, RolloutRequest request) {
    boolean isPlain = request.target() == null && request.toRelease() == null;
    if (command instanceof Command.Undo && isPlain && rollouts.waves().isMeant(command.app())) {
      refuseToSupersede(request, command.app());
      return rollouts.waves().steer(command.app().value(), Verb.UNDO, clock.instant());
    }
    return rollouts.start(command, selection, request.isSupersede(), clock.instant());
  }

  private static void refuseToSupersede(RolloutRequest request, AppName name) {
    if (request.isSupersede()) {
      throw Problem.of(
          Problem.Code.BAD_REQUEST,
          "supersede does not go with the undo of rollout " + name + ", which is in waves",
          "end the rollout that has its devices with `bumpless rollout abort`, or undo its app with"
              + " --supersede on devices that you name");
    }
  }

  private void force(Context context) {
    String reference = context.pathParam("id");
    context.attribute(RestServer.OBJECT, "force rollout " + reference);
    Selection selection = json.read(context.bodyAsBytes(), ForceRequest.class).selection();
    auditing.begin(context, "force rollout %s on %s".formatted(reference, selection));
    Rollout rollout = rollouts.force(reference, selection, clock.instant());
    context.status(202);
    answer(context, RolloutBody.of(rollout, fleet, clock.instant()));
  }

  private static void refuseWhatRolloutsTake(RolloutRequest request) {
    if (request.isDryRun() || request.appManifest() != null) {
      throw Problem.of(
          Problem.Code.BAD_REQUEST,
          "dryRun and appManifest go with an apply of kind: Rollout",
          "POST /diff tells what an apply of an app would change");
    }
  }

  private void recent(Context context) {
    Optional<AppName> app = Optional.ofNullable(context.queryParam("app")).map(AppName::new);
    List<RolloutBody> newest =
        rollouts.recent(app, Query.number(context, "limit", 20, 1, MAX_LIMIT)).stream()
            .map(rollout -> RolloutBody.of(rollout, fleet, clock.instant()))
            .toList();
    answer(context, newest);
  }

  private void one(Context context) {
    Rollout rollout = rollouts.waves().require(context.pathParam("id"));
    answer(context, RolloutBody.of(rollout, fleet, clock.instant()));
  }

  private void newest(Context context) {
    AppName app = new AppName(context.pathParam("app"));
    Rollout rollout =
        rollouts.recent(Optional.of(app), 1).stream()
            .findFirst()
            .orElseThrow(
                () ->
                    Problem.of(
                        Problem.Code.NOT_FOUND,
                        "nothing was ever asked for app " + app,
                        "see `bumpless get apps`"));
    answer(context, RolloutBody.of(rollout, fleet, clock.instant()));
  }

  private void answer(Context context, Object body) {
    context.contentType("application/json").result(json.write(body));
  }

  private static Optional<Parsed> manifest(RolloutRequest request) {
    return "apply".equals(request.action())
        ? Optional.of(Manifests.read(needed(request.manifest(), "manifest")))
        : Optional.empty();
  }

  private static Command command(RolloutRequest request, Optional<Parsed> manifest) {
    String action = needed(request.action(), "action");
    return switch (action) {
      case "apply" -> new Command.Apply(manifest.orElseThrow().app());
      case "setImage" ->
          new Command.SetImage(app(request), images(needed(request.images(), "images")));
      case "undo" ->
          new Command.Undo(
              app(request),
              request.toRelease() == null
                  ? OptionalLong.empty()
                  : OptionalLong.of(request.toRelease()));
      case "restart" -> new Command.Restart(app(request));
      case "stop" -> new Command.Stop(app(request));
      case "start" -> new Command.Start(app(request));
      case "delete" -> new Command.Delete(app(request));
      default ->
          throw bad(
              "action '"
                  + action
                  + "': expected apply, setImage, undo, restart, stop, start or delete");
    };
  }

  private static AppName app(RolloutRequest request) {
    return new AppName(needed(request.app(), "app"));
  }

  private static Map<String, ImageRef> images(Map<String, String> texts) {
    if (texts.isEmpty()) {
      throw bad("images is empty: expected {\"CONTAINER\":\"IMAGE\"}");
    }
    Map<String, ImageRef> images = new TreeMap<>();
    texts.forEach((container, image) -> images.put(container, image(container, image)));
    return images;
  }

  private static ImageRef image(String container, @Nullable String text) {
    try {
      return ImageRef.parse(needed(text, "images." + container));
    } catch (InvalidManifestException e) {
      throw Problem.of(
          Problem.Code.BAD_REQUEST,
          "container '" + container + "': " + e.getMessage(),
          "give an image as REGISTRY/REPOSITORY:TAG");
    }
  }

  private static <T> T needed(@Nullable T value, String name) {
    if (value == null) {
      throw bad("'" + name + "' is missing");
    }
    return value;
  }

  private static RuntimeException bad(String what) {
    return Problem.of(Problem.Code.BAD_REQUEST, what, "see /openapi.json");
  }
}
