package dev.bumpless.bench;

import dev.bumpless.ledger.Ledger;
import dev.bumpless.ledger.LedgerReport;
import dev.bumpless.ledger.Options;
import dev.bumpless.ledger.ReportText;
import dev.bumpless.ledger.Shape;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import dev.bumpless.rig.Baseline;
import dev.bumpless.rig.Ports;
import dev.bumpless.rig.RigDevice;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Swaps in a row, as the device itself reports them and as a client sees them that asks every 20
 * ms, beside the same app upgraded by stop, remove, run, and beside what the engine takes to create
 * and start it.
 */
final class SwapBench {
  /** A request every 20 ms of each shape. */
  private static final double RATE = 50;

  private static final int BASELINES = 10;
  private static final int BARE_STARTS = 20;

  private final PrintStream out;
  private final int swaps;
  private final Figures gap = new Figures();
  private final Figures hold = new Figures();
  private final Figures toServing = new Figures();
  private final Figures toCommit = new Figures();
  private final Map<String, Figures> steps = new LinkedHashMap<>();

  SwapBench(PrintStream out, int swaps) {
    this.out = out;
    this.swaps = swaps;
  }

  void run(Path folder) throws Exception {
    Figures bare = new Figures();
    LedgerReport seen;
    try (RigDevice device = RigDevice.start(Files.createDirectories(folder.resolve("rig")))) {
      require(device.swap(device.quickApp("v0")));
      for (int i = 0; i < BARE_STARTS; i++) {
        bare.add(device.bareStart().toNanos() / 1e6);
      }
      seen = swapUnderLoad(device);
    }
    print(bare, seen, baseline(Files.createDirectories(folder.resolve("baseline"))));
  }

  private LedgerReport swapUnderLoad(RigDevice device) throws Exception {
    try (Ledger ledger = Ledger.start(load(device.load()))) {
      for (int i = 1; i <= swaps; i++) {
        long ordered = System.nanoTime();
        AppReport report = device.swap(device.quickApp("v" + i));
        toCommit.add((System.nanoTime() - ordered) / 1e6);
        require(report);
        book(report);
      }
      return ledger.stop();
    }
  }

  private static Options load(Options target) {
    return target
        .with(Shape.NEW, RATE)
        .with(Shape.KEEPALIVE, RATE)
        .with(Shape.PIPELINED, RATE)
        .with(Shape.SLOW, RATE)
        .with(Shape.CHUNKED, RATE)
        .with(Shape.WEBSOCKET, RATE)
        .with(Shape.TCP, RATE);
  }

  private static void require(AppReport report) {
    if (report.phase() != Phase.COMMITTED) {
      throw new IllegalStateException("a swap did not commit: " + report);
    }
  }

  private void book(AppReport report) {
    report.gap().ifPresent(g -> gap.add(millis(g)));
    report.hold().ifPresent(h -> hold.add(millis(h)));
    double serving = 0;
    boolean flipped = false;
    for (AppReport.StepTime step : report.steps()) {
      steps.computeIfAbsent(step.name(), name -> new Figures()).add(millis(step.took()));
      if (!flipped) {
        serving += millis(step.took());
      }
      flipped |= step.name().equals(Phase.SWITCHING.name());
    }
    toServing.add(serving);
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }

  private static Figures baseline(Path folder) throws IOException, InterruptedException {
    Figures gaps = new Figures();
    int http = Ports.free();
    try (Baseline app = Baseline.start(folder, http, Ports.free())) {
      for (int i = 0; i < BASELINES; i++) {
        try (Ledger ledger = Ledger.start(Options.on(Ports.address(http)).with(Shape.NEW, RATE))) {
          awaitAnswer(ledger, 1);
          app.replace();
          awaitAnswer(ledger, ledger.snapshot().answered() + 1);
          gaps.add(ledger.stop().gapMs());
        }
      }
    }
    return gaps;
  }

  private static void awaitAnswer(Ledger ledger, long answers) throws InterruptedException {
    while (ledger.snapshot().answered() < answers) {
      Thread.sleep(20);
    }
  }

  private void print(Figures bare, LedgerReport seen, Figures baseline) throws IOException {
    out.println("Swaps of the test app. " + Machine.line() + ".\n");
    out.println(Figures.head(swaps + " swaps"));
    out.println(gap.row("gap, synthetic requests every 20 ms"));
    out.println(hold.row("hold"));
    out.println(toServing.row("order received → new version serves"));
    out.println(bare.row("bare create, start, first healthy answer"));
    out.println(toCommit.row("order given → committed (bake 0.5 s, drain 1.5 s)"));
    steps.forEach((name, figures) -> out.println(figures.row("step " + name)));
    out.println(baseline.row("gap under stop, remove, run"));
    out.printf(
        "%nThe agent adds %.0f ms to bare create, start and first healthy answer (medians).%n%n",
        toServing.at(0.5) - bare.at(0.5));
    out.println("What clients saw of all " + swaps + " swaps:\n\n```");
    out.print(withoutVersions(ReportText.of(seen)));
    out.println("```");
  }

  /** Two hundred lines of which version answered when say nothing here. */
  private static String withoutVersions(String text) {
    return text.replaceAll("(?m)^version .*\n", "");
  }
}
