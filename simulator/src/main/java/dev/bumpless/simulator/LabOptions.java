package dev.bumpless.simulator;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every use of a lab may be told. */
final class LabOptions {
  private static final int PAHO_UP_TO = 300;

  @Option(
      names = "--devices",
      defaultValue = "1000",
      paramLabel = "N",
      description = "1 to 99999 (default: ${DEFAULT-VALUE}).")
  private int devices;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "Of start times and failures (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--start",
      defaultValue = "0",
      paramLabel = "MS",
      description = "Longest time from a container's start to its first answer (default: at once).")
  private long startMillis;

  @Option(
      names = "--client",
      paramLabel = "PAHO|HIVE",
      description = "MQTT client of the devices (default: PAHO up to 300 devices).")
  private SimulatedFleet.@Nullable Client client;

  @Option(
      names = "--programs",
      required = true,
      paramLabel = "DIR",
      description = "Where bumpless and bumpless-controller are.")
  private Path programs = Path.of("");

  @Option(
      names = "--folder",
      required = true,
      paramLabel = "DIR",
      description = "For the controller's state.")
  private Path folder = Path.of("");

  @Option(
      names = "--devices-folder",
      required = true,
      paramLabel = "DIR",
      description = "For the devices' state.")
  private Path devicesFolder = Path.of("");

  Fate fate() {
    return new Fate(seed, Duration.ofMillis(startMillis));
  }

  /** Where a person sees how far it is; never closed. */
  PrintStream progress() {
    return System.err;
  }

  Lab.Places places() {
    return new Lab.Places(programs, folder, devicesFolder);
  }

  /**
   * @throws IllegalArgumentException for a number of devices that cannot be
   */
  Lab.Size size() {
    if (devices < 1 || devices > 99_999) {
      throw new IllegalArgumentException("--devices " + devices + ": expected 1 to 99999");
    }
    SimulatedFleet.Client usual =
        devices <= PAHO_UP_TO ? SimulatedFleet.Client.PAHO : SimulatedFleet.Client.HIVE;
    return new Lab.Size(devices, client == null ? usual : client);
  }

  @Override
  public String toString() {
    return "%d devices, seed %d, MQTT client %s".formatted(devices, seed, size().client());
  }
}
