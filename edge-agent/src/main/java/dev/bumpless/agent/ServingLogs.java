package dev.bumpless.agent;

import dev.bumpless.agent.docker.DockerLogs;
import dev.bumpless.agent.link.LogSource;
import dev.bumpless.agent.swap.RouteControl;
import dev.bumpless.agent.swap.RouteTable.AppRoutes;
import dev.bumpless.agent.swap.Slot;
import dev.bumpless.protocol.LogQuery;
import java.io.IOException;
import java.util.Optional;

/** Answers the controller's log queries from the engine; without a slot, of the one that serves. */
final class ServingLogs implements LogSource {
  private final DockerLogs logs;
  private final RouteControl routes;

  ServingLogs(DockerLogs logs, RouteControl routes) {
    this.logs = logs;
    this.routes = routes;
  }

  @Override
  public AutoCloseable open(LogQuery query, LineSink sink) throws Exception {
    Optional<String> asked = query.slot();
    Slot slot = asked.isPresent() ? Slot.parse(asked.get()) : serving(query);
    return logs.open(
        new DockerLogs.Query(query.app(), slot, query.container(), query.tail(), query.follow()),
        new DockerLogs.Sink() {
          @Override
          public void line(String text) {
            sink.line(text);
          }

          @Override
          public void end(Optional<String> error) {
            sink.end(error);
          }
        });
  }

  private Slot serving(LogQuery query) throws Exception {
    return routes
        .table()
        .of(query.app())
        .map(AppRoutes::serving)
        .filter(serving -> !serving.isEmpty())
        .map(serving -> serving.first().slot())
        .orElseThrow(
            () ->
                new IOException(
                    "no slot of %s serves; name one with --slot blue or --slot green"
                        .formatted(query.app())));
  }
}
