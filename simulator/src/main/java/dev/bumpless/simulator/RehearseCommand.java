package dev.bumpless.simulator;

import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.InvalidManifestException;
import dev.bumpless.manifest.ManifestParser;
import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.manifest.RolloutParser;
import dev.bumpless.manifest.RolloutSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rehearse}: how a rollout would go. */
@Command(
    name = "rehearse",
    mixinStandardHelpOptions = true,
    description = "Take a rollout through simulated devices; exit code 1 where it stops.")
final class RehearseCommand implements Callable<Integer> {
  @Mixin private LabOptions options = new LabOptions();

  @Option(
      names = {"-f", "--filename"},
      required = true,
      paramLabel = "FILE",
      description = "The rollout's manifest.")
  private Path file = Path.of("");

  @Option(
      names = "--fail",
      defaultValue = "0%",
      paramLabel = "PERCENT",
      description = "Of the devices, on which the release dies at its start: 3%.")
  private String failing = "";

  @Override
  public Integer call() throws IOException, InterruptedException {
    double share = share(failing);
    RolloutManifest manifest;
    AppName app;
    try {
      manifest = RolloutParser.parse(Files.readString(file), file.toString());
      app = app(manifest);
    } catch (InvalidManifestException e) {
      System.err.println("error: " + e.getMessage());
      return 2;
    }
    List<String> leftOut = Rehearsal.leftOut(manifest);
    if (!leftOut.isEmpty()) {
      System.err.println("rehearsed without: " + String.join(", ", leftOut));
    }
    Fate fate = options.fate();
    try (Lab lab = Lab.open(options.places(), options.size(), fate, options.progress())) {
      return new Rehearsal(lab, fate, manifest, app).run(share, System.out) ? 0 : 1;
    }
  }

  private AppName app(RolloutManifest manifest) throws IOException {
    RolloutSource source = manifest.app();
    if (source instanceof RolloutSource.Beside beside) {
      Path manifestOfApp = file.resolveSibling(beside.file());
      return ManifestParser.parse(Files.readString(manifestOfApp), manifestOfApp.toString()).name();
    }
    return source instanceof RolloutSource.Numbered numbered
        ? numbered.app()
        : ((RolloutSource.Newest) source).app();
  }

  /** {@code 3%} as 0.03. */
  static double share(String text) {
    String number = text.endsWith("%") ? text.substring(0, text.length() - 1) : text;
    try {
      double percent = Double.parseDouble(number);
      if (percent >= 0 && percent <= 100) {
        return percent / 100;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--fail " + text + ": expected a share such as 3%", e);
    }
    throw new IllegalArgumentException("--fail " + text + ": expected 0% to 100%");
  }
}
