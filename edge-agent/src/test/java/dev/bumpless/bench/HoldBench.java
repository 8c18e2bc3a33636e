package dev.bumpless.bench;

import dev.bumpless.rig.ControlLine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * How long the masters of a Modbus server wait when it changes places with its copy: hold, sync,
 * flip and release by the router's socket, to and fro, while masters write and the app changes
 * values by itself. Beside it the same servers with everything copied and read back inside the
 * hold.
 */
final class HoldBench {
  private static final int[] VALUES = {100, 2_000, 10_000, 65_536, 100_000};
  private static final int MASTERS = 4;
  private static final int RATE = 100;
  private static final int WARM_UP = 20;
  private static final int STOPS = 10;
  private static final long PAUSE_MILLIS = 50;

  private final PrintStream out;
  private final int swaps;

  HoldBench(PrintStream out, int swaps) {
    this.out = out;
    this.swaps = swaps;
  }

  void run(Path folder) throws IOException, InterruptedException {
    out.println("Modbus values in a hold. " + Machine.line() + ".");
    out.printf(
        "Servers of libmodbus %s; %d masters, %d writes a second each; %d swaps after %d to warm"
            + " up.%n%n",
        version(), MASTERS, RATE, swaps, WARM_UP);
    out.println(
        "| values (volatile) | hold p50 ms | p99 ms | max ms | sync p50 ms | stop the world p50 ms"
            + " | max ms | writes, failed | longest wait ms |");
    out.println("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for (int values : VALUES) {
      Path own = Files.createDirectories(folder.resolve("values-" + values));
      ValueMap map = new ValueMap(values);
      try (HoldRig rig = new HoldRig(own, map)) {
        measure(rig, map);
      }
    }
  }

  private static String version() throws IOException, InterruptedException {
    return dev.bumpless.rig.Command.run("pkg-config", "--modversion", "libmodbus").strip();
  }

  private void measure(HoldRig rig, ValueMap map) throws IOException, InterruptedException {
    Figures holds = new Figures();
    Figures syncs = new Figures();
    Figures stops = new Figures();
    String row;
    try (Masters masters = new Masters(MASTERS, RATE, rig.listen(), map)) {
      rig.control().ask("copy app blue/0 green/0 1 " + map.plan());
      for (int i = 0; i < WARM_UP + swaps; i++) {
        String from = i % 2 == 0 ? "blue" : "green";
        swap(rig, map, from, i < WARM_UP ? new Figures() : holds, syncs);
      }
      row = "%d, %d".formatted(masters.written(), masters.failures().size());
      row += " | %.1f".formatted(masters.longestMillis());
      rig.control().ask("forget app");
    }
    for (int i = 0; i < STOPS; i++) {
      stops.add(stopTheWorld(rig, map, (WARM_UP + swaps + i) % 2 == 0 ? "blue" : "green"));
    }
    out.printf(
        "| %,d (%d) | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %s |%n",
        map.values(),
        map.changing(),
        holds.at(0.5),
        holds.at(0.99),
        holds.at(1),
        syncs.at(0.5),
        stops.at(0.5),
        stops.at(1),
        row);
  }

  /** One hold as the agent takes it, after the app has changed what is volatile. */
  private static void swap(HoldRig rig, ValueMap map, String from, Figures holds, Figures syncs)
      throws IOException, InterruptedException {
    rig.awaitWhole(from);
    Thread.sleep(PAUSE_MILLIS);
    try (ModbusLink app = new ModbusLink(rig.port(from))) {
      byte[] values = new byte[2 * map.changing()];
      new Random().nextBytes(values);
      app.write(ModbusLink.WRITE_HOLDINGS, 0, map.changing(), values);
    }
    ControlLine control = rig.control();
    String token = rig.hold("10s");
    String synced = control.ask("sync app " + token);
    control.ask("flip app " + other(from) + " " + token);
    holds.add(millis(control.ask("release app " + token), "held"));
    syncs.add(millis(synced, "took"));
  }

  private static double millis(String answer, String name) {
    return Integer.parseInt(ControlLine.value(answer, name).replace("us", "")) / 1e3;
  }

  private static String other(String slot) {
    return slot.equals("blue") ? "green" : "blue";
  }

  /** Everything inside the hold, by requests as wide as may be. */
  private static double stopTheWorld(HoldRig rig, ValueMap map, String from) throws IOException {
    try (ModbusLink source = new ModbusLink(rig.port(from));
        ModbusLink target = new ModbusLink(rig.port(other(from)))) {
      String token = rig.hold("1m");
      copy(
          source, target, map.registers(), 123, ModbusLink.READ_HOLDING, ModbusLink.WRITE_HOLDINGS);
      copy(source, target, map.coils(), 1_968, ModbusLink.READ_COILS, ModbusLink.WRITE_COILS);
      rig.control().ask("flip app " + other(from) + " " + token);
      return millis(rig.control().ask("release app " + token), "held");
    }
  }

  private static void copy(
      ModbusLink source, ModbusLink target, int count, int width, int read, int write)
      throws IOException {
    for (int first = 0; first < count; first += width) {
      int many = Math.min(width, count - first);
      byte[] values = source.read(read, first, many);
      target.write(write, first, many, values);
      if (!Arrays.equals(values, target.read(read, first, many))) {
        throw new IOException("what was written at " + first + " is not there");
      }
    }
  }
}
