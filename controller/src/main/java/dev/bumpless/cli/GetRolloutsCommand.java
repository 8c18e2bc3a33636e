package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code get rollouts [APP]}. */
@Command(
    name = "rollouts",
    aliases = "rollout",
    description = "List what was asked for last, of one app or of all.")
final class GetRolloutsCommand extends RemoteCommand {
  @Parameters(arity = "0..1", paramLabel = "APP", description = "Only this app's.")
  private @Nullable String app;

  GetRolloutsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(Api api) {
    JsonNode rollouts = api.get("/rollouts" + (app == null ? "" : "?app=" + Api.segment(app)));
    if (isJson()) {
      printJson(rollouts);
      return ExitCode.DONE;
    }
    Table table = new Table("NAME", "APP", "RELEASE", "STATE", "DONE", "CREATED", "CAUSE");
    rollouts.forEach(json -> add(table, new Rollout(json)));
    table.print(terminal.out());
    return ExitCode.DONE;
  }

  private static void add(Table table, Rollout rollout) {
    JsonNode json = rollout.json();
    long done = rollout.devices().stream().filter(Rollout.Device::isFinal).count();
    String state = rollout.isDone() ? "DONE" : "RUNNING";
    table.row(
        json.path("course").path("name").asText(rollout.id()),
        rollout.app(),
        json.path("release").asText("-"),
        json.path("course").path("state").asText(state),
        done + " of " + StreamSupport.stream(json.path("devices").spliterator(), false).count(),
        json.path("createdAt").asText("-"),
        json.path("cause").asText("-"));
  }
}
