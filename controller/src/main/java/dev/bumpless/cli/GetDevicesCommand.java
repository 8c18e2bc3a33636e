package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;

/** {@code get devices}. */
@Command(name = "devices", aliases = "device", description = "List the devices and what they run.")
final class GetDevicesCommand extends RemoteCommand {
  GetDevicesCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(Api api) {
    JsonNode devices = api.get("/devices");
    if (isJson()) {
      printJson(devices);
      return ExitCode.DONE;
    }
    Table table = new Table("DEVICE", "STATE", "LAST SEEN", "PLATFORM", "ENGINE", "APPS", "LABELS");
    for (JsonNode device : devices) {
      JsonNode inventory = device.path("inventory");
      table.row(
          device.path("id").asText(),
          device.path("online").asBoolean() ? "online" : "offline",
          Moments.text(device.path("lastSeen")),
          inventory.path("platform").asText("-"),
          inventory.path("engineVersion").asText("-"),
          apps(device.path("apps")),
          labels(device.path("labels")));
    }
    table.print(terminal.out());
    return ExitCode.DONE;
  }

  private static String apps(JsonNode apps) {
    return StreamSupport.stream(apps.spliterator(), false)
        .map(app -> app.path("serving").asText(app.path("app").asText()))
        .collect(Collectors.joining(" "));
  }

  private static String labels(JsonNode labels) {
    List<String> texts =
        labels.properties().stream()
            .map((Map.Entry<String, JsonNode> e) -> e.getKey() + "=" + e.getValue().asText())
            .toList();
    return String.join(",", texts);
  }
}
