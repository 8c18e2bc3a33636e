package dev.bumpless.simulator;

import dev.bumpless.agent.link.ControllerLink;
import dev.bumpless.agent.link.LogSource;
import dev.bumpless.agent.store.JournalFile;
import dev.bumpless.agent.swap.Reconciler;
import dev.bumpless.agent.swap.Seams;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.transport.MqttTransport;
import dev.bumpless.trust.Root;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One agent: its link, trust store, journal and reconciler are the real ones; engine and router are
 * not there.
 */
final class SimulatedDevice implements AutoCloseable {
  private static final String NOWHERE = "simulated devices write no logs";

  private final ControllerLink link;
  private final Reconciler reconciler;
  private final Turns turns;

  /** What all devices of a process share. */
  record Shared(
      MessageCodec codec,
      Root root,
      Fate fate,
      Ends ends,
      Pools pools,
      QuietSeams.MachineTicker ticker,
      Instant builtAt) {}

  /**
   * @param state its folder: floors, orders, journal
   */
  SimulatedDevice(
      DeviceId id, MqttTransport transport, Path state, Map<String, String> labels, Shared shared)
      throws IOException {
    Files.createDirectories(state);
    SimulatedEngine engine = new SimulatedEngine(id, shared.fate(), shared.ticker());
    this.link =
        new ControllerLink(
            new ControllerLink.Parts(
                id,
                transport,
                shared.codec(),
                shared.root(),
                state,
                shared.builtAt(),
                () -> inventory(engine),
                List::of,
                labels,
                logs(),
                shared.ticker()),
            shared.pools().loop(),
            shared.pools().readers());
    this.reconciler =
        new Reconciler(
            new Seams(
                engine,
                engine,
                new SimulatedRouter(shared.ticker()),
                engine,
                new QuietSeams.Gaps(),
                new QuietSeams.Transfers(),
                new QuietSeams.Alike(),
                new JournalFile(state.resolve("journal"), shared.codec()),
                shared.ends().noting(id, link),
                new QuietSeams.NoLeases(),
                shared.ticker(),
                "0.0.0.0"),
            new DirectWorkers());
    this.turns = new Turns(reconciler, shared.pools().turns(), shared.ticker());
  }

  private static DeviceReport.Inventory inventory(SimulatedEngine engine) {
    return new DeviceReport.Inventory(
        engine.facts().platform(),
        engine.facts().version(),
        "simulated",
        engine.facts().freeDiskBytes(),
        engine.facts().availableMemoryBytes());
  }

  private static LogSource logs() {
    return (query, sink) -> {
      throw new IOException(NOWHERE);
    };
  }

  void start() {
    link.start(
        desired -> {
          reconciler.accept(desired);
          turns.wake();
        });
  }

  /** Says goodbye to the broker. */
  @Override
  public void close() {
    link.close();
    turns.close();
    reconciler.close();
  }
}
