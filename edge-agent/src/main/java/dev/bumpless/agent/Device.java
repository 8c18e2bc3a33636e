package dev.bumpless.agent;

import dev.bumpless.agent.docker.DockerConnection;
import dev.bumpless.agent.docker.DockerEngine;
import dev.bumpless.agent.docker.DockerExec;
import dev.bumpless.agent.docker.DockerImages;
import dev.bumpless.agent.docker.DockerLogs;
import dev.bumpless.agent.docker.DockerSettings;
import dev.bumpless.agent.docker.StreamedExec;
import dev.bumpless.agent.docker.VolumeCopier;
import dev.bumpless.agent.health.ContainerExec;
import dev.bumpless.agent.health.ContainerProbe;
import dev.bumpless.agent.health.ListenerGapMeter;
import dev.bumpless.agent.health.ReadComparison;
import dev.bumpless.agent.link.LogSource;
import dev.bumpless.agent.route.RouterClient;
import dev.bumpless.agent.state.ContainerCommands;
import dev.bumpless.agent.state.StateTransfers;
import dev.bumpless.agent.store.JournalFile;
import dev.bumpless.agent.swap.ContainerEngine;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.Leases;
import dev.bumpless.agent.swap.Reporter;
import dev.bumpless.agent.swap.RouteControl;
import dev.bumpless.agent.swap.Seams;
import dev.bumpless.agent.swap.Ticker;
import dev.bumpless.protocol.MessageCodec;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * The agent's hands on this device: engine, router, probes and journal, put together from the
 * configuration. None of them connects before it is used, so engine and router may appear later.
 */
final class Device implements AutoCloseable {
  private final AgentConfig config;
  private final DockerConnection connection;
  private final DockerSettings settings;
  private final ContainerEngine engine;
  private final RouteControl routes;
  private final Ticker ticker = new MonotonicTicker();

  Device(AgentConfig config) {
    this.config = config;
    this.connection = new DockerConnection(config.docker());
    this.settings =
        new DockerSettings(
            config.docker(), config.space(), config.subnet(), config.registries(), config.state());
    this.engine = new DockerEngine(connection, settings);
    this.routes = new RouterClient(config.router());
  }

  Seams seams(Reporter reporter, Leases leases, MessageCodec codec) {
    return new Seams(
        engine,
        new DockerImages(connection, settings),
        routes,
        new ContainerProbe(exec()),
        new ListenerGapMeter(config.listenAddress()),
        new StateTransfers(commands(), new EngineVolumes(new VolumeCopier(connection, settings))),
        new ReadComparison(),
        new JournalFile(config.state().resolve("journal"), codec),
        reporter,
        leases,
        ticker,
        config.listenAddress());
  }

  ContainerEngine engine() {
    return engine;
  }

  Ticker ticker() {
    return ticker;
  }

  LogSource logs() {
    return new ServingLogs(new DockerLogs(connection, settings), routes);
  }

  private ContainerExec exec() {
    DockerExec exec = new DockerExec(connection);
    return (containerId, command, timeout) -> run(exec, containerId, command, timeout);
  }

  private static ContainerExec.Ended run(
      DockerExec exec, String containerId, List<String> command, Duration timeout)
      throws IOException {
    try {
      DockerExec.Outcome outcome = exec.run(containerId, command, timeout);
      return new ContainerExec.Ended(outcome.exitCode(), outcome.output());
    } catch (EngineException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private ContainerCommands commands() {
    StreamedExec exec = new StreamedExec(connection);
    return (containerId, command, in, out, limit) -> {
      try {
        DockerExec.Outcome outcome = exec.run(containerId, command, in, out, limit);
        return new ContainerCommands.Ended(outcome.exitCode(), outcome.output());
      } catch (EngineException e) {
        throw new IOException(e.getMessage(), e);
      }
    };
  }

  /** Leaves containers and routes as they are. */
  @Override
  public void close() {
    connection.close();
  }
}
