package dev.bumpless.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code get releases [APP]}. */
@Command(
    name = "releases",
    aliases = "release",
    description = "List the releases of one app, or of all.")
final class GetReleasesCommand extends RemoteCommand {
  @Parameters(arity = "0..1", paramLabel = "APP", description = "Only this app's.")
  private @Nullable String app;

  GetReleasesCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(Api api) {
    ArrayNode releases = JsonNodeFactory.instance.arrayNode();
    for (String name : apps(api)) {
      api.get("/apps/" + Api.segment(name) + "/releases").forEach(releases::add);
    }
    if (isJson()) {
      printJson(releases);
    } else {
      Releases table = new Releases();
      table.add(releases);
      table.print(terminal);
    }
    return ExitCode.DONE;
  }

  private List<String> apps(Api api) {
    return app != null ? List.of(app) : api.get("/apps").findValuesAsText("name");
  }
}
