package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;

/** {@code get apps}. */
@Command(name = "apps", aliases = "app", description = "List the apps and where they run.")
final class GetAppsCommand extends RemoteCommand {
  GetAppsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(Api api) {
    JsonNode apps = api.get("/apps");
    if (isJson()) {
      printJson(apps);
      return ExitCode.DONE;
    }
    Table table = new Table("APP", "RELEASE", "DEVICES");
    for (JsonNode app : apps) {
      table.row(
          app.path("name").asText(), app.path("release").asText("-"), devices(app.path("devices")));
    }
    table.print(terminal.out());
    return ExitCode.DONE;
  }

  private static String devices(JsonNode devices) {
    return StreamSupport.stream(devices.spliterator(), false)
        .map(device -> device.path("device").asText() + " " + device.path("phase").asText())
        .collect(Collectors.joining(", "));
  }
}
