package dev.bumpless.simulator;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fleet}: what a fleet does to a controller. */
@Command(
    name = "fleet",
    mixinStandardHelpOptions = true,
    description = "Measure a controller; exit code 1 where an aim is missed.")
final class FleetCommand implements Callable<Integer> {
  @Mixin private LabOptions options = new LabOptions();

  @Option(
      names = "--idle",
      defaultValue = "120",
      paramLabel = "SECONDS",
      description = "How long idle devices are watched (default: ${DEFAULT-VALUE}).")
  private long idleSeconds;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Fate fate = options.fate();
    try (Lab lab = Lab.open(options.places(), options.size(), fate, options.progress())) {
      Figures figures =
          new FleetBench(lab, fate, Duration.ofSeconds(idleSeconds), options.progress()).run();
      System.out.printf("%s%n%n", options);
      figures.table().forEach(System.out::println);
      return figures.isMissed() ? 1 : 0;
    }
  }
}
