package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code describe device|app NAME}: all that the controller knows of one thing. */
abstract class DescribeCommand extends RemoteCommand {
  @Parameters(paramLabel = "NAME", description = "Its name.")
  private String name = "";

  private final String collection;

  private DescribeCommand(Terminal terminal, String collection) {
    super(terminal);
    this.collection = collection;
  }

  @Override
  final ExitCode run(Api api) {
    JsonNode thing = api.get("/" + collection + "/" + Api.segment(name));
    if (isJson()) {
      printJson(thing);
    } else {
      new Outline(terminal.out()).print(thing);
    }
    return ExitCode.DONE;
  }

  @Command(name = "device", description = "Tell all that is known of a device.")
  static final class OfDevice extends DescribeCommand {
    OfDevice(Terminal terminal) {
      super(terminal, "devices");
    }
  }

  @Command(name = "app", description = "Tell all that is known of an app, its manifest too.")
  static final class OfApp extends DescribeCommand {
    OfApp(Terminal terminal) {
      super(terminal, "apps");
    }
  }

  @Command(
      name = "source",
      description = "Tell all that is known of a source: what it applied, what is wrong, drift.")
  static final class OfSource extends DescribeCommand {
    OfSource(Terminal terminal) {
      super(terminal, "sources");
    }
  }
}
