package dev.bumpless.bench;

import dev.bumpless.rig.ControlLine;
import dev.bumpless.rig.Ports;
import dev.bumpless.rig.ProcessFigures;
import dev.bumpless.rig.RouterProcess;
import dev.bumpless.rig.TestApp;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The router beside HAProxy, same backend, same load, same run. The paths take turns, so that a
 * change of the machine's mood meets them all; each figure is the median of the rounds.
 */
final class RouterBench {
  private static final int[] CONNECTIONS = {1, 16};
  private static final int WARM_UP_SECONDS = 5;

  private final PrintStream out;
  private final int rounds;
  private final int seconds;
  private final Map<String, List<Sample>> samples = new LinkedHashMap<>();

  /** A way to the backend; the process that carries it, or none. */
  private record Way(String name, int port, long pid) {}

  private record Sample(Wrk load, double cpuMicros) {}

  RouterBench(PrintStream out, int rounds, int seconds) {
    this.out = out;
    this.rounds = rounds;
    this.seconds = seconds;
  }

  void run(Path folder) throws IOException, InterruptedException {
    int app = Ports.free();
    Process backend = TestApp.run(TestApp.compile(folder), app, Ports.free(), "bench");
    try (RouterProcess router = RouterProcess.start(folder)) {
      int http = Ports.free();
      int tcp = Ports.free();
      route(router, http, tcp, app);
      int haHttp = Ports.free();
      int haTcp = Ports.free();
      try (HaProxy haproxy = HaProxy.start(folder, haHttp, haTcp, app)) {
        measure(
            List.of(
                new Way("direct", app, 0),
                new Way("bumpless tcp", tcp, router.pid()),
                new Way("HAProxy mode tcp", haTcp, haproxy.pid()),
                new Way("bumpless http", http, router.pid()),
                new Way("HAProxy mode http", haHttp, haproxy.pid())));
      }
    } finally {
      backend.destroyForcibly();
      backend.onExit().join();
    }
    print();
  }

  private static void route(RouterProcess router, int http, int tcp, int app) throws IOException {
    try (ControlLine control = router.control()) {
      control.ask(
          ("define bench route=127.0.0.1:%d/http route=127.0.0.1:%d/tcp"
                  + " target=blue/0,127.0.0.1:%d,127.0.0.1:%d"
                  + " target=blue/0,127.0.0.1:%d,127.0.0.1:%d")
              .formatted(http, tcp, http, app, tcp, app));
      String token = ControlLine.value(control.ask("hold bench 1s"), "token");
      control.ask("flip bench blue " + token);
      control.ask("release bench " + token);
    }
  }

  private void measure(List<Way> ways) throws IOException, InterruptedException {
    for (Way way : ways) {
      awaitOpen(way.port);
      Wrk.run(way.port, 16, WARM_UP_SECONDS);
    }
    for (int round = 0; round < rounds; round++) {
      for (int connections : CONNECTIONS) {
        for (Way way : ways) {
          samples
              .computeIfAbsent("| %s | %d".formatted(way.name, connections), k -> new ArrayList<>())
              .add(sample(way, connections));
        }
      }
    }
  }

  private Sample sample(Way way, int connections) throws IOException, InterruptedException {
    Duration before = way.pid == 0 ? Duration.ZERO : ProcessFigures.cpu(way.pid);
    Wrk load = Wrk.run(way.port, connections, seconds);
    Duration after = way.pid == 0 ? Duration.ZERO : ProcessFigures.cpu(way.pid);
    return new Sample(load, after.minus(before).toNanos() / 1e3 / load.requests());
  }

  private static void awaitOpen(int port) throws IOException, InterruptedException {
    Instant end = Instant.now().plusSeconds(10);
    while (!Ports.isOpen(port)) {
      if (Instant.now().isAfter(end)) {
        throw new IOException("nobody listens on port " + port);
      }
      Thread.sleep(20);
    }
  }

  private void print() throws IOException, InterruptedException {
    out.println("Router beside HAProxy. " + Machine.line() + ". " + HaProxy.version() + ".");
    out.printf("Median of %d rounds of %d s; wrk, one thread, keep-alive.%n%n", rounds, seconds);
    out.println("| path | connections | requests/s | p50 µs | p99 µs | CPU µs per request |");
    out.println("|---|---:|---:|---:|---:|---:|");
    samples.forEach(
        (name, of) ->
            out.printf(
                "%s | %.0f | %.0f | %.0f | %s |%n",
                name,
                median(of, s -> s.load.perSecond()),
                median(of, s -> s.load.p50Micros()),
                median(of, s -> s.load.p99Micros()),
                name.startsWith("| direct")
                    ? "–"
                    : "%.1f".formatted(median(of, Sample::cpuMicros))));
  }

  private static double median(List<Sample> of, ToDoubleFunction<Sample> figure) {
    return of.stream()
        .sorted(Comparator.comparingDouble(figure))
        .skip(of.size() / 2)
        .mapToDouble(figure)
        .findFirst()
        .orElseThrow();
  }
}
