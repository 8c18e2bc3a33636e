package dev.bumpless.rig;

import dev.bumpless.agent.EngineVolumes;
import dev.bumpless.agent.docker.DockerConnection;
import dev.bumpless.agent.docker.DockerEngine;
import dev.bumpless.agent.docker.DockerExec;
import dev.bumpless.agent.docker.DockerImages;
import dev.bumpless.agent.docker.DockerSettings;
import dev.bumpless.agent.docker.EngineSpace;
import dev.bumpless.agent.docker.StreamedExec;
import dev.bumpless.agent.docker.Subnet;
import dev.bumpless.agent.docker.VolumeCopier;
import dev.bumpless.agent.health.ContainerExec;
import dev.bumpless.agent.health.ContainerProbe;
import dev.bumpless.agent.health.ListenerGapMeter;
import dev.bumpless.agent.health.ReadComparison;
import dev.bumpless.agent.lease.LeaseDesk;
import dev.bumpless.agent.lease.LeaseDoors;
import dev.bumpless.agent.route.RouterClient;
import dev.bumpless.agent.state.ContainerCommands;
import dev.bumpless.agent.state.StateTransfers;
import dev.bumpless.agent.state.VolumeCopies;
import dev.bumpless.agent.swap.ContainerEngine;
import dev.bumpless.agent.swap.Desired;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.ImageStore;
import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.Journal;
import dev.bumpless.agent.swap.Reconciler;
import dev.bumpless.agent.swap.RouteControl;
import dev.bumpless.agent.swap.Seams;
import dev.bumpless.agent.swap.Ticker;
import dev.bumpless.manifest.AppName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The agent less its link, as a process: the heart on its real adapters, orders from a folder and
 * reports into a file, so that it can be killed at any instant and fed without a broker. Its calls
 * are counted, so that it can also end around any one of them: see {@link Lifespan}.
 */
public final class LooseAgent {
  private static final long POLL_MILLIS = 10;

  private LooseAgent() {}

  /**
   * @param args folder, label space, subnet
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Path.of(args[0]);
    OrderFolder orders = new OrderFolder(folder.resolve("orders"));
    Lifespan lifespan = new Lifespan(folder);
    WallTicker ticker = new WallTicker();
    LeaseDesk leases = LeaseDesk.open(folder.resolve("state"), ticker);
    LeaseDoors doors = new LeaseDoors(folder.resolve("state"), leases);
    doors.open(RigDevice.APP);
    Seams seams = seams(lifespan, folder, args[1], Subnet.parse(args[2]), leases, ticker);
    Reconciler reconciler = new Reconciler(seams);
    leases.listen(reconciler::changed);
    doors.start();
    long newest = accept(reconciler, lifespan, orders, 0);
    reconciler.start();
    while (true) {
      Thread.sleep(POLL_MILLIS);
      newest = accept(reconciler, lifespan, orders, newest);
    }
  }

  /** Gives on what is newer than {@code known}, and tells what is known then. */
  private static long accept(
      Reconciler reconciler, Lifespan lifespan, OrderFolder orders, long known) throws IOException {
    Optional<Desired> newer = orders.newerThan(known);
    if (newer.isPresent()) {
      lifespan.begin();
      reconciler.accept(newer.get());
    }
    return newer.map(desired -> desired.order().sequence()).orElse(known);
  }

  private static Seams seams(
      Lifespan lifespan,
      Path folder,
      String space,
      Subnet subnet,
      LeaseDesk leases,
      Ticker ticker) {
    DockerSettings settings =
        new DockerSettings(
            EngineSpace.ENGINE, space, subnet, Optional.empty(), folder.resolve("state"));
    DockerConnection engine = new DockerConnection(settings.host());
    return new Seams(
        lifespan.counting("engine", ContainerEngine.class, new DockerEngine(engine, settings)),
        lifespan.counting("images", ImageStore.class, new DockerImages(engine, settings)),
        lifespan.counting(
            "router", RouteControl.class, new RouterClient(folder.resolve("router.sock"))),
        new ContainerProbe(LooseAgent::noExec),
        new ListenerGapMeter("127.0.0.1"),
        new StateTransfers(
            commands(new StreamedExec(engine)),
            new EngineVolumes(new VolumeCopier(engine, settings))),
        new ReadComparison(),
        lifespan.counting("journal", Journal.class, OrderFolder.journal(folder)),
        new ReportFile(folder.resolve("reports")),
        leases,
        ticker,
        "127.0.0.1");
  }

  private static ContainerExec.Ended noExec(
      String containerId, List<String> command, Duration timeout) throws IOException {
    throw new IOException("the test app has no commands to run");
  }

  static ContainerCommands commands(StreamedExec exec) {
    return (containerId, command, in, out, limit) -> {
      try {
        DockerExec.Outcome outcome = exec.run(containerId, command, in, out, limit);
        return new ContainerCommands.Ended(outcome.exitCode(), outcome.output());
      } catch (EngineException e) {
        throw new IOException(e.getMessage(), e);
      }
    };
  }

  /** The test app has none of its own. */
  static final class NoVolumes implements VolumeCopies {
    @Override
    public void copy(InstanceKey from, InstanceKey to, boolean exactly, Duration limit)
        throws IOException {
      throw new IOException("the test app has no volumes");
    }

    @Override
    public void close(AppName app) {}
  }
}
