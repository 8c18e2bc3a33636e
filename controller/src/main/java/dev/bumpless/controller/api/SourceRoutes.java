package dev.bumpless.controller.api;

import dev.bumpless.controller.api.SourceAnswers.SourceBody;
import dev.bumpless.controller.lease.Turn;
import dev.bumpless.controller.source.Source;
import dev.bumpless.controller.source.SourceName;
import dev.bumpless.controller.source.Sources;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Map;
import java.util.Optional;

/**
 * {@code /sources}: what is followed, and how it stands; and the webhooks that ask for a look. Of
 * several controllers only the one on duty looks, and knows what was found.
 */
final class SourceRoutes {
  static final String HOOKS = "/hooks";

  private final Sources sources;
  private final Map<SourceName, String> secrets;
  private final Turn turn;
  private final RestJson json;
  private final WebhookSignature signature = new WebhookSignature();

  /**
   * @param secrets of those sources that have a webhook
   */
  SourceRoutes(Sources sources, Map<SourceName, String> secrets, Turn turn, RestJson json) {
    this.sources = sources;
    this.secrets = Map.copyOf(secrets);
    this.turn = turn;
    this.json = json;
  }

  void installOn(RoutesConfig routes) {
    routes.get(RestServer.BASE + "/sources", this::all);
    routes.get(RestServer.BASE + "/sources/{name}", this::one);
    routes.post(HOOKS + "/{name}", this::look);
  }

  private void all(Context context) {
    turn.require("it does not know how sources stand");
    answer(context, sources.all().stream().map(source -> SourceBody.of(source.status())).toList());
  }

  private void one(Context context) {
    turn.require("it does not know how sources stand");
    Source source = sources.require(new SourceName(context.pathParam("name")));
    answer(context, SourceBody.of(source.status()));
  }

  /**
   * Has the source look; what the caller says of a change is not believed, nor even read. Who asks
   * for a look that was asked for already changes nothing, and is in no record: a delivery that
   * somebody caught can be repeated without end.
   */
  private void look(Context context) {
    Optional<Source> source =
        sources.all().stream()
            .filter(s -> s.name().value().equals(context.pathParam("name")))
            .findFirst();
    signature.check(context, source.map(s -> secrets.get(s.name())).orElse(null));
    Source asked = source.orElseThrow();
    turn.require("it does not look at source " + asked.name());
    if (asked.askToLook()) {
      context.attribute(Auditing.ACTOR, "webhook");
      context.attribute(RestServer.OBJECT, "look at source " + asked.name());
    }
    context.status(202).contentType("application/json").result("{}");
  }

  private void answer(Context context, Object body) {
    context.contentType("application/json").result(json.write(body));
  }
}
