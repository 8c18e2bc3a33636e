package dev.bumpless.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code apply -f FILE}: makes a release of an app's manifest and sends it to devices; or starts a
 * rollout in waves, whose devices are in its manifest.
 */
@Command(
    name = "apply",
    description = "Run what a manifest says, on the devices chosen; or start a rollout in waves.")
final class ApplyCommand extends ChangeCommand {
  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description = "The manifest (YAML); - for standard input.")
  private String file = "";

  @Option(
      names = "--dry-run",
      description = "Of a rollout: tell who would run when, and where it would fail; send nothing.")
  private boolean dryRun;

  ApplyCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(Api api) {
    ManifestFile manifest = ManifestFile.read(file, terminal);
    Optional<ManifestFile> beside = manifest.beside(terminal);
    return manifest.placingErrors(() -> send(api, manifest, beside));
  }

  private ExitCode send(Api api, ManifestFile manifest, Optional<ManifestFile> beside) {
    Consumer<ObjectNode> body =
        request -> {
          request.put("action", "apply").put("manifest", manifest.text());
          beside.ifPresent(app -> request.put("appManifest", app.text()));
        };
    return dryRun ? preview(api, body) : order(api, body);
  }

  private ExitCode preview(Api api, Consumer<ObjectNode> request) {
    RolloutPreview preview =
        new RolloutPreview(ask(api, request.andThen(r -> r.put("dryRun", true))));
    if (isJson()) {
      printJson(preview.json());
    } else {
      preview.print(terminal.out());
    }
    return preview.exitCode();
  }
}
