package dev.bumpless.router.modbus.state;

import dev.bumpless.router.ControlClient;
import dev.bumpless.router.Peer;
import dev.bumpless.router.RunningRouter;
import dev.bumpless.router.Service;
import java.io.IOException;
import java.time.Duration;

/** A router in front of two servers, blue serving. */
final class Rig implements AutoCloseable {
  final Plc blue = new Plc();
  final Plc green = new Plc();
  private final RunningRouter router;
  private final Service service;
  final ControlClient control;

  Rig() throws IOException {
    router = RunningRouter.patient();
    service = Service.modbus(router, blue.instance(), green.instance());
    control = router.control();
  }

  Peer master() {
    return service.connect();
  }

  RunningRouter router() {
    return router;
  }

  String listen() {
    return service.listen();
  }

  String copy(String what) {
    return control.must("copy app blue/0 green/0 1 " + what);
  }

  /** The line of {@code show state}. */
  String state() {
    return control.askAll("show state").stream()
        .filter(line -> line.startsWith("state app "))
        .findFirst()
        .orElse("none");
  }

  String awaitState(String... parts) {
    Awaited seen = new Awaited();
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(2))
        .until(() -> seen.has(state(), parts));
    return seen.line;
  }

  private static final class Awaited {
    private String line = "";

    boolean has(String now, String... parts) {
      line = now;
      return java.util.Arrays.stream(parts).allMatch(now::contains);
    }
  }

  String copyWhole(String what) {
    copy(what);
    return awaitState("phase=whole", "dirty=0");
  }

  /** Hold, sync, flip, release; the answer of the sync. */
  String swap(String to) {
    String token = control.hold("app", "5s");
    String synced = control.must("sync app " + token);
    control.must("flip app " + to + " " + token);
    control.must("release app " + token);
    return synced;
  }

  @Override
  public void close() {
    control.close();
    router.close();
    blue.instance().close();
    green.instance().close();
  }
}
