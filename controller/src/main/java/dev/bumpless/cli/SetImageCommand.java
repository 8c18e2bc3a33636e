package dev.bumpless.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code set image APP CONTAINER=IMAGE}: the newest release with other images. */
@Command(name = "image", description = "Upgrade containers of an app to other images.")
final class SetImageCommand extends ChangeCommand {
  @Parameters(index = "0", paramLabel = "APP", description = "The app.")
  private String app = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "CONTAINER=IMAGE",
      description = "The container and the image that it shall run.")
  private Map<String, String> images = Map.of();

  SetImageCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(Api api) {
    return order(api, this::fill);
  }

  private void fill(ObjectNode body) {
    images.forEach(body.put("action", "setImage").put("app", app).putObject("images")::put);
  }
}
