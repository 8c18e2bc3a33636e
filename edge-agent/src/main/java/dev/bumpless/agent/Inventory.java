package dev.bumpless.agent;

import dev.bumpless.agent.swap.ContainerEngine;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.EngineFacts;
import dev.bumpless.protocol.DeviceReport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What the device is made of, as it was a minute ago at most: reports are made by a thread that
 * must not wait for the engine. Safe for any thread.
 */
final class Inventory implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Inventory.class.getName());
  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final DeviceReport.Inventory UNKNOWN =
      new DeviceReport.Inventory(
          DeviceReport.Inventory.UNKNOWN, DeviceReport.Inventory.UNKNOWN, version(), 0, 0);

  private final ContainerEngine engine;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "inventory");
            thread.setDaemon(true);
            return thread;
          });
  private volatile DeviceReport.Inventory seen = UNKNOWN;
  private boolean isEngineThere = true;

  Inventory(ContainerEngine engine) {
    this.engine = engine;
  }

  /** Looks once in the caller's thread, then every minute in its own. */
  void start() {
    look();
    Future<?> unused =
        clock.scheduleWithFixedDelay(
            this::look, EVERY.toSeconds(), EVERY.toSeconds(), TimeUnit.SECONDS);
  }

  DeviceReport.Inventory seen() {
    return seen;
  }

  static String version() {
    String version = Inventory.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private void look() {
    try {
      EngineFacts facts = engine.facts();
      seen =
          new DeviceReport.Inventory(
              facts.platform(),
              facts.version(),
              version(),
              facts.freeDiskBytes(),
              facts.availableMemoryBytes());
      isEngineThere = true;
    } catch (EngineException e) {
      if (isEngineThere) {
        LOG.log(Level.WARNING, "event=engine-missing reason=\"{0}\"", e.getMessage());
      }
      isEngineThere = false;
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
