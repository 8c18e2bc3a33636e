package dev.bumpless.simulator;

import dev.bumpless.protocol.DeviceReport;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fleet}: what a fleet does to a controller. */
@Command(
    name = "fleet",
    mixinStandardHelpOptions = true,
    description = "Measure a controller; exit code 1 where an aim is missed.")
final class FleetCommand implements Callable<Integer> {
  @Mixin private LabOptions options = new LabOptions();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--idle",
      defaultValue = "" + DeviceReport.HEARTBEAT_SECONDS,
      paramLabel = "SECONDS",
      description =
          "How long idle devices are watched, 0 or a heartbeat at least (${DEFAULT-VALUE}).")
  private long idleSeconds;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (idleSeconds != 0 && idleSeconds < DeviceReport.HEARTBEAT_SECONDS) {
      throw new ParameterException(
          spec.commandLine(),
          "--idle %d: a device is heard every %d s; take so many, or 0 to leave it out"
              .formatted(idleSeconds, DeviceReport.HEARTBEAT_SECONDS));
    }
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
