package dev.bumpless.bench;

import dev.bumpless.rig.Command;
import dev.bumpless.rig.ControlLine;
import dev.bumpless.rig.Ports;
import dev.bumpless.rig.RouterProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** Two servers of libmodbus behind a router of their own, each part a process; blue serves. */
final class HoldRig implements AutoCloseable {
  private final ValueMap map;
  private final int listen = Ports.free();
  private final int blue = Ports.free();
  private final int green = Ports.free();
  private final List<Process> servers;
  private final RouterProcess router;
  private final ControlLine control;

  HoldRig(Path folder, ValueMap map) throws IOException, InterruptedException {
    this.map = map;
    Path program = compiled(folder);
    servers = List.of(server(program, blue), server(program, green));
    router = RouterProcess.start(folder);
    control = router.control();
    control.ask(
        ("define app route=127.0.0.1:%d/modbus target=blue/0,127.0.0.1:%d,127.0.0.1:%d"
                + " target=green/0,127.0.0.1:%d,127.0.0.1:%d")
            .formatted(listen, listen, blue, listen, green));
    String token = hold("1s");
    control.ask("flip app blue " + token);
    control.ask("release app " + token);
  }

  private static Path compiled(Path folder) throws IOException, InterruptedException {
    Path source = folder.resolve("server.c");
    Path program = folder.resolve("server");
    try (InputStream code =
        Objects.requireNonNull(HoldRig.class.getResourceAsStream("/modbus/server.c"))) {
      Files.write(source, code.readAllBytes());
    }
    Command.run("gcc", "-O2", "-o", program.toString(), source.toString(), "-lmodbus");
    return program;
  }

  private Process server(Path program, int port) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                program.toString(), "" + port, "0", "" + map.registers(), "" + map.coils())
            .inheritIO()
            .start();
    Instant end = Instant.now().plusSeconds(10);
    while (!Ports.isOpen(port)) {
      if (Instant.now().isAfter(end)) {
        throw new IOException("libmodbus's server does not listen on port " + port);
      }
      Thread.sleep(10);
    }
    return process;
  }

  int listen() {
    return listen;
  }

  int port(String slot) {
    return slot.equals("blue") ? blue : green;
  }

  ControlLine control() {
    return control;
  }

  /** Returns the token. */
  String hold(String limit) throws IOException {
    return ControlLine.value(control.ask("hold app " + limit), "token");
  }

  /** Until the copy from this slot is whole. */
  void awaitWhole(String from) throws IOException, InterruptedException {
    Instant end = Instant.now().plus(Duration.ofMinutes(2));
    while (true) {
      String state = control.askAll("show state").get(1);
      if (state.contains("from=" + from) && state.contains("phase=whole")) {
        return;
      }
      if (state.contains("phase=failed") || Instant.now().isAfter(end)) {
        throw new IOException("the copy does not get whole: " + state);
      }
      Thread.sleep(5);
    }
  }

  @Override
  public void close() throws IOException {
    control.close();
    router.close();
    for (Process server : servers) {
      server.destroyForcibly();
      server.onExit().join();
    }
  }
}
