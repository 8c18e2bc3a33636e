package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code diff -f FILE}: what {@code apply} would change. */
@Command(name = "diff", description = "Show what applying a manifest would change.")
final class DiffCommand extends RemoteCommand {
  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description = "The manifest (YAML); - for standard input.")
  private String file = "";

  DiffCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(Api api) {
    ManifestFile manifest = ManifestFile.read(file, terminal);
    JsonNode body = JsonNodeFactory.instance.objectNode().put("manifest", manifest.text());
    JsonNode answer = manifest.placingErrors(() -> api.post("/diff", body));
    if (isJson()) {
      printJson(answer);
    } else if (answer.path("changed").asBoolean()) {
      terminal.out().println(answer.path("diff").asText().stripTrailing());
    } else {
      terminal.err().println(answer.path("app").asText() + ": no difference");
    }
    return ExitCode.DONE;
  }
}
