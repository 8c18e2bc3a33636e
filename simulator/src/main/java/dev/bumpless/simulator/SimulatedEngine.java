package dev.bumpless.simulator;

import dev.bumpless.agent.swap.ContainerEngine;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.EngineFacts;
import dev.bumpless.agent.swap.HealthProbe;
import dev.bumpless.agent.swap.ImageStore;
import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.MemoryUse;
import dev.bumpless.agent.swap.ObservedContainer;
import dev.bumpless.agent.swap.ObservedContainer.State;
import dev.bumpless.agent.swap.Ticker;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.HealthCheck;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Revision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** A device's containers and images, which are not there. Safe for any thread. */
final class SimulatedEngine implements ContainerEngine, ImageStore, HealthProbe {
  private static final EngineFacts FACTS =
      new EngineFacts("linux/arm64/v8", "simulated", "1.41", true, 8L << 30, 1L << 30, Set.of());

  private final DeviceId device;
  private final Fate fate;
  private final Ticker ticker;
  private final SortedMap<InstanceKey, List<ObservedContainer>> instances = new TreeMap<>();
  private final Set<ImageRef> images = new HashSet<>();
  private long made;

  SimulatedEngine(DeviceId device, Fate fate, Ticker ticker) {
    this.device = device;
    this.fate = fate;
    this.ticker = ticker;
  }

  @Override
  public EngineFacts facts() {
    return FACTS;
  }

  @Override
  public synchronized List<ObservedContainer> list() {
    instances.replaceAll((key, all) -> all.stream().map(this::now).toList());
    return instances.values().stream().flatMap(List::stream).toList();
  }

  @Override
  public synchronized void create(App app, Revision revision, InstanceKey instance)
      throws EngineException {
    List<ObservedContainer> there = instances.getOrDefault(instance, List.of());
    if (there.stream().anyMatch(container -> !container.revision().equals(revision))) {
      throw new EngineException(
          EngineException.Kind.PERMANENT, instance + " is there of another revision");
    }
    if (there.isEmpty()) {
      List<ObservedContainer> containers = new ArrayList<>();
      for (Container container : app.startOrder()) {
        containers.add(container(instance, revision, container.name()));
      }
      instances.put(instance, containers);
    }
  }

  private ObservedContainer container(InstanceKey instance, Revision revision, String name) {
    made++;
    return new ObservedContainer(
        "c" + made,
        instance,
        revision,
        name,
        "10.0.0." + (made % 250 + 2),
        State.CREATED,
        0,
        false,
        0,
        Instant.EPOCH,
        Optional.empty(),
        "");
  }

  @Override
  public synchronized void start(InstanceKey instance) throws EngineException {
    if (!instances.containsKey(instance)) {
      throw new EngineException(EngineException.Kind.PERMANENT, "no such container: " + instance);
    }
    instances.computeIfPresent(
        instance,
        (key, all) ->
            all.stream().map(c -> c.isRunning() ? c : now(in(c, State.RUNNING, 0))).toList());
  }

  /** Dead where its time has come. */
  private ObservedContainer now(ObservedContainer container) {
    return fate.deathTime(device, container.revision().release())
        .filter(after -> container.isRunning())
        .filter(after -> !ticker.steady().isBefore(container.startedAt().plus(after)))
        .map(after -> in(container, State.EXITED, 1).withLastWords("simulated: " + words(after)))
        .orElse(container);
  }

  private static String words(Duration after) {
    return after.isZero() ? "it exits at its start" : "it exits after " + after.toMillis() + " ms";
  }

  private ObservedContainer in(ObservedContainer container, State state, int exitCode) {
    return new ObservedContainer(
        container.id(),
        container.instance(),
        container.revision(),
        container.container(),
        container.address(),
        state,
        exitCode,
        false,
        0,
        state == State.RUNNING ? ticker.steady() : container.startedAt(),
        Optional.empty(),
        "");
  }

  @Override
  public synchronized void stop(InstanceKey instance, Duration grace) {
    instances.computeIfPresent(
        instance,
        (key, all) -> all.stream().map(c -> c.isRunning() ? in(c, State.EXITED, 0) : c).toList());
  }

  @Override
  public synchronized void remove(InstanceKey instance) {
    instances.remove(instance);
  }

  @Override
  public void restartByEngine(InstanceKey instance, boolean on) {
    // what dies here stays dead, and so is found at once
  }

  @Override
  public Map<InstanceKey, MemoryUse> memory(AppName app) {
    return Map.of();
  }

  @Override
  public AutoCloseable watch(Runnable changed) {
    return () -> {};
  }

  @Override
  public synchronized boolean has(ImageRef image) {
    return images.contains(image);
  }

  @Override
  public synchronized void pull(ImageRef image, PullListener listener, BooleanSupplier cancelled) {
    images.add(image);
  }

  @Override
  public synchronized void collect(Set<ImageRef> keep) {
    images.retainAll(keep);
  }

  @Override
  public Result probe(HealthCheck check, ObservedContainer container, Duration timeout) {
    Instant up = container.startedAt().plus(fate.startTime(device, container.revision().release()));
    boolean isUp = now(container).isRunning() && !ticker.steady().isBefore(up);
    return new Result(isUp, isUp ? "simulated: answers" : "simulated: starts");
  }
}
