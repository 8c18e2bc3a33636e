package dev.bumpless.router.modbus.interop;

import static org.awaitility.Awaitility.await;

import dev.bumpless.ledger.modbus.WriteLoad;
import dev.bumpless.rig.Command;
import dev.bumpless.rig.ModbusServer;
import dev.bumpless.rig.Ports;
import dev.bumpless.rig.Program;
import dev.bumpless.router.ControlClient;
import dev.bumpless.router.RunningRouter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A router in front of two processes of one server, version 1 in blue, which serves, 2 in green.
 */
final class TwoServers implements AutoCloseable {
  private static final String WHAT =
      " 1 holding:0-1999,coils:0-255 skip=holding:%d volatile=holding:%d"
          .formatted(ModbusServer.VERSION, ModbusServer.COUNT);

  private final ModbusServer server;
  private final Path folder;
  private final int listen = Ports.free();
  private final int bluePort = Ports.free();
  private final int greenPort = Ports.free();
  private final RunningRouter router = RunningRouter.patient();
  private final ControlClient control = router.control();
  private Program blue;
  private Program green;
  private String serving = "blue";

  TwoServers(ModbusServer server, Path folder) throws IOException, InterruptedException {
    this.server = server;
    this.folder = folder;
    blue = server.start(folder, bluePort, 1);
    green = server.start(folder, greenPort, 2);
    warmUp(bluePort);
    warmUp(greenPort);
    String route = "127.0.0.1:" + listen;
    control.must(
        "define app route=%1$s/modbus target=blue/0,%1$s,127.0.0.1:%2$d target=green/0,%1$s,127.0.0.1:%3$d"
            .formatted(route, bluePort, greenPort));
    router.flip("app", "blue");
    warmUp(listen);
  }

  /** A master may give up after 500 ms, which the first answers of a fresh process may take. */
  private static void warmUp(int port) throws IOException, InterruptedException {
    await().atMost(Duration.ofSeconds(30)).until(() -> Ports.isOpen(port));
    for (int i = 0; i < 3; i++) {
      Command.run("mbpoll", "-m", "tcp", "-t", "4", "-o", "10", "-1", "-p", "" + port, "127.0.0.1");
    }
  }

  int port() {
    return listen;
  }

  /** As long as the router, whose deadlines are long here. */
  WriteLoad load() {
    return WriteLoad.on(Ports.address(listen))
        .waiting(Duration.ofSeconds(30))
        .watching(ModbusServer.COUNT);
  }

  RunningRouter router() {
    return router;
  }

  ControlClient control() {
    return control;
  }

  /** 1 or 2. */
  int version() {
    return serving.equals("blue") ? 1 : 2;
  }

  InetSocketAddress servingAddress() {
    return Ports.address(serving.equals("blue") ? bluePort : greenPort);
  }

  private String idle() {
    return serving.equals("blue") ? "green" : "blue";
  }

  void copy() {
    control.must("copy app " + serving + "/0 " + idle() + "/0" + WHAT);
  }

  void awaitWhole() {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(2))
        .until(this::state, state -> state.contains("phase=whole"));
  }

  /** The line of {@code show state}. */
  String state() {
    List<String> lines = control.askAll("show state");
    return lines.size() > 1 ? lines.get(1) : "none";
  }

  /** Returns how long the hold was, in microseconds. */
  long swap() {
    String token = control.hold("app", "20s");
    control.must("sync app " + token);
    return flip(token);
  }

  /** As somebody would who does not carry state. */
  long flipAlone() {
    return flip(control.hold("app", "20s"));
  }

  private long flip(String token) {
    control.must("flip app " + idle() + " " + token);
    String released = control.must("release app " + token);
    serving = idle();
    String held = ControlClient.value(released, "held");
    return Long.parseLong(held.substring(0, held.length() - "us".length()));
  }

  /** A hold that is synced and then released without a flip. */
  void giveUp() {
    String token = control.hold("app", "20s");
    control.must("sync app " + token);
    control.must("release app " + token);
  }

  /** A hold that is synced, if that is quick enough, and then just ends. */
  void expire() {
    String token = control.hold("app", "30ms");
    control.ask("sync app " + token);
    awaitNoHold();
  }

  /** The connection that took the hold is gone in the middle of it, as an agent that dies. */
  void die() {
    try (ControlClient agent = router.control()) {
      agent.must("sync app " + agent.hold("app", "20s"));
    }
    awaitNoHold();
  }

  private void awaitNoHold() {
    await()
        .pollInterval(Duration.ofMillis(1))
        .until(() -> control.askAll("show routes").get(1).contains("hold=none"));
  }

  /** The copy ends, and another begins at once and is ended again before it is whole. */
  void killCopies() {
    control.must("forget app");
    copy();
    control.must("forget app");
    copy();
  }

  /** The serving process ends and starts anew, which is how such a server is upgraded elsewhere. */
  void stopThenStart() throws IOException, InterruptedException {
    boolean isBlue = serving.equals("blue");
    (isBlue ? blue : green).close();
    Program anew = server.start(folder, servingAddress().getPort(), version());
    if (isBlue) {
      blue = anew;
    } else {
      green = anew;
    }
    await().until(() -> Ports.isOpen(servingAddress().getPort()));
  }

  @Override
  public void close() {
    control.close();
    router.close();
    blue.close();
    green.close();
  }
}
