package dev.bumpless.simulator;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bumpless-simulator}: what a fleet does to a controller. */
@Command(
    name = "bumpless-simulator",
    mixinStandardHelpOptions = true,
    description =
        "Measures a controller with simulated devices; exit code 1 where an aim is missed.")
public final class Main implements Callable<Integer> {
  @Option(
      names = "--devices",
      defaultValue = "1000",
      description = "1 to 99999 (default: ${DEFAULT-VALUE}).")
  private int devices;

  @Option(names = "--seed", defaultValue = "1", description = "Of start times and failures.")
  private long seed;

  @Option(
      names = "--start",
      defaultValue = "0",
      paramLabel = "MS",
      description = "Longest time from a container's start to its first answer (default: at once).")
  private long startMillis;

  @Option(
      names = "--idle",
      defaultValue = "120",
      paramLabel = "SECONDS",
      description = "How long idle devices are watched (default: ${DEFAULT-VALUE}).")
  private long idleSeconds;

  @Option(
      names = "--client",
      description = "MQTT client of the devices, PAHO or HIVE (default: PAHO up to 300 devices).")
  private SimulatedFleet.@Nullable Client client;

  @Option(names = "--programs", required = true, description = "Folder of bumpless-controller.")
  private Path programs = Path.of("");

  @Option(names = "--folder", required = true, description = "For the controller's state.")
  private Path folder = Path.of("");

  @Option(names = "--devices-folder", required = true, description = "For the devices' state.")
  private Path devicesFolder = Path.of("");

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    SimulatedFleet.Client used = client;
    if (used == null) {
      used = devices <= 300 ? SimulatedFleet.Client.PAHO : SimulatedFleet.Client.HIVE;
    }
    FleetBench bench =
        new FleetBench(
            new FleetBench.Options(
                programs,
                folder,
                devicesFolder,
                devices,
                seed,
                used,
                Duration.ofMillis(startMillis),
                Duration.ofSeconds(idleSeconds)),
            System.err);
    Figures figures = bench.run();
    System.out.printf("%d devices, seed %d, MQTT client %s%n%n", devices, seed, used);
    figures.table().forEach(System.out::println);
    return figures.isMissed() ? 1 : 0;
  }
}
