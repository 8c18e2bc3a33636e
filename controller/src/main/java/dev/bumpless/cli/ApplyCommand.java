package dev.bumpless.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code apply -f FILE}: makes a release of a manifest and sends it to devices. */
@Command(name = "apply", description = "Run what a manifest says, on the devices chosen.")
final class ApplyCommand extends ChangeCommand {
  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description = "The manifest (YAML); - for standard input.")
  private String file = "";

  ApplyCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(Api api) {
    ManifestFile manifest = ManifestFile.read(file, terminal);
    return manifest.placingErrors(() -> send(api, manifest.text()));
  }

  private ExitCode send(Api api, String text) {
    return order(api, body -> body.put("action", "apply").put("manifest", text));
  }
}
