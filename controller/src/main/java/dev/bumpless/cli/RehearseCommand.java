package dev.bumpless.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code rollout rehearse}: how a rollout would go, with a controller of its own and devices that
 * are not there. Asks no controller of yours.
 */
@Command(
    name = "rehearse",
    mixinStandardHelpOptions = true,
    description = "Take a rollout through simulated devices on this machine; yours are not asked.")
final class RehearseCommand implements Callable<Integer> {
  /** The launcher's folder. */
  private static final String PROGRAMS = "bumpless.programs";

  /** The devices' files need not outlive the rehearsal, nor wear a disk. */
  private static final Path MEMORY = Path.of("/dev/shm");

  private static final int END_WITHIN_SECONDS = 20;

  @Option(
      names = {"-f", "--filename"},
      required = true,
      paramLabel = "FILE",
      description = "The rollout's manifest; an app's file that it names lies beside it.")
  private Path file = Path.of("");

  @Option(
      names = "--devices",
      defaultValue = "1000",
      paramLabel = "N",
      description = "How many devices, 1 to 99999 (default: ${DEFAULT-VALUE}).")
  private int devices;

  @Option(
      names = "--fail",
      defaultValue = "0%",
      paramLabel = "PERCENT",
      description = "On how many the release dies at its start (default: ${DEFAULT-VALUE}).")
  private String failing = "";

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "Another one fails on other devices (default: ${DEFAULT-VALUE}).")
  private long seed;

  private final Terminal terminal;

  RehearseCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path programs = Path.of(System.getProperty(PROGRAMS, "")).toAbsolutePath();
    Path simulator = programs.resolve("bumpless-simulator");
    if (!Files.isExecutable(simulator)) {
      throw new CliException(
          ExitCode.FAILED,
          "there is no simulator beside this program: " + simulator,
          "run bin/bumpless of an unpacked tarball, or scripts/bumpless of a checkout");
    }
    Path folder = Files.createTempDirectory("bumpless-rehearsal");
    Path memory =
        Files.isWritable(MEMORY)
            ? Files.createTempDirectory(MEMORY, "bumpless-rehearsal")
            : folder.resolve("devices");
    Process process = simulate(simulator, programs, folder, memory);
    // also where somebody breaks it off
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process, List.of(folder, memory))));
    return process.waitFor();
  }

  private Process simulate(Path simulator, Path programs, Path folder, Path memory)
      throws IOException {
    terminal.err().println("progress is on standard error; it takes some minutes");
    List<String> command = new ArrayList<>(List.of(simulator.toString(), "rehearse"));
    command.addAll(List.of("--filename", file.toString()));
    command.addAll(List.of("--devices", String.valueOf(devices)));
    command.addAll(List.of("--fail", failing));
    command.addAll(List.of("--seed", String.valueOf(seed)));
    command.addAll(List.of("--programs", programs.toString()));
    command.addAll(List.of("--folder", folder.toString()));
    command.addAll(List.of("--devices-folder", memory.toString()));
    return new ProcessBuilder(command).inheritIO().start();
  }

  private static void end(Process process, List<Path> folders) {
    process.destroy();
    try {
      process.waitFor(END_WITHIN_SECONDS, TimeUnit.SECONDS);
      for (Path folder : folders) {
        remove(folder);
      }
    } catch (IOException e) {
      System.err.println("warning: left over: " + folders + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void remove(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> inside = Files.walk(folder)) {
      inside.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
  }
}
