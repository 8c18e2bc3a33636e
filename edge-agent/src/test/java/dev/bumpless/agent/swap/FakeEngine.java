package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.EngineException.Kind;
import dev.bumpless.agent.swap.ObservedContainer.State;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.protocol.Revision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** An engine whose containers behave as a test says. It outlives the agents that use it. */
public final class FakeEngine implements ContainerEngine {
  private final Calls calls;
  private final Ticker ticker;
  private final SortedMap<InstanceKey, List<Box>> instances = new TreeMap<>();
  private final Map<Long, Behaviour> behaviours = new HashMap<>();
  private final Map<Long, Long> memory = new HashMap<>();
  private final List<Runnable> watchers = new ArrayList<>();
  private Guard guard = new Guard() {};
  private Predicate<ImageRef> images = image -> true;
  private long starts;
  private int ids;
  private EngineFacts facts =
      new EngineFacts("linux/amd64", "20.10.24", "1.41", true, 8L << 30, 1L << 30, Set.of());

  /** What a test wants to know of every call, at the moment that it is made. */
  public interface Guard {
    default void creating(InstanceKey key, Revision revision) {}

    default void starting(InstanceKey key) {}

    default void stopping(InstanceKey key) {}
  }

  /** A container. */
  private static final class Box {
    final String id;
    final Revision revision;
    final String name;
    final ImageRef image;
    final String address;
    final long limitBytes;
    State state = State.CREATED;
    int exitCode;
    boolean oomKilled;
    int restarts;
    Instant startedAt = Instant.EPOCH;
    boolean restartByEngine;

    /** The last write that it has in memory. */
    long memory;

    Box(String id, Revision revision, Container container, String address) {
      this.id = id;
      this.revision = revision;
      this.name = container.name();
      this.image = container.image();
      this.address = address;
      this.limitBytes = container.resources().memoryBytes();
    }
  }

  public FakeEngine(Calls calls, Ticker ticker) {
    this.calls = calls;
    this.ticker = ticker;
  }

  /** How the releases of that counter behave from now on. */
  public void behave(long counter, Behaviour behaviour) {
    behaviours.put(counter, behaviour);
  }

  /** How much memory each container of the releases of that counter uses; 1 MiB unless told. */
  public void uses(long counter, long bytes) {
    memory.put(counter, bytes);
  }

  /** Which images are there; all of them unless a test says otherwise. */
  public void imagesIn(Predicate<ImageRef> newer) {
    images = newer;
  }

  public void guard(Guard newer) {
    guard = newer;
  }

  public void facts(EngineFacts newer) {
    facts = newer;
  }

  @Override
  public EngineFacts facts() throws EngineException {
    return calls.call("engine.facts", FakeEngine::failure, () -> facts);
  }

  @Override
  public List<ObservedContainer> list() throws EngineException {
    return calls.call("engine.list", FakeEngine::failure, this::observed);
  }

  /** What is there, seen by the test. */
  public List<ObservedContainer> observed() {
    age();
    List<ObservedContainer> all = new ArrayList<>();
    instances.forEach((key, boxes) -> boxes.forEach(box -> all.add(show(key, box))));
    return all;
  }

  private static ObservedContainer show(InstanceKey key, Box box) {
    return new ObservedContainer(
        box.id,
        key,
        box.revision,
        box.name,
        box.address,
        box.state,
        box.exitCode,
        box.oomKilled,
        box.restarts,
        box.startedAt,
        Optional.empty(),
        box.state == State.EXITED ? "fake: no reason" : "");
  }

  /** Lets die what should have died by now. */
  private void age() {
    instances.values().forEach(boxes -> boxes.forEach(this::age));
  }

  private void age(Box box) {
    Behaviour behaviour = behaviour(box.revision);
    Optional<Duration> death = behaviour.deathOf(box.name);
    if (box.state != State.RUNNING || death.isEmpty()) {
      return;
    }
    if (!ticker.steady().isBefore(box.startedAt.plus(death.get()))) {
      die(box, behaviour.oom() ? 137 : 1, behaviour.oom());
    }
  }

  private void die(Box box, int exitCode, boolean oom) {
    box.exitCode = exitCode;
    box.oomKilled = oom;
    box.memory = 0;
    if (box.restartByEngine) {
      box.restarts++;
      box.startedAt = ticker.steady();
    } else {
      box.state = State.EXITED;
    }
  }

  Behaviour behaviour(Revision revision) {
    return behaviours.getOrDefault(revision.release().counter(), Behaviour.GOOD);
  }

  @Override
  public void create(App app, Revision revision, InstanceKey instance) throws EngineException {
    for (Container container : app.startOrder()) {
      calls.call(
          "engine.create " + instance.place() + " " + container.name(),
          FakeEngine::failure,
          () -> {
            guard.creating(instance, revision);
            create(container, revision, instance);
            return null;
          });
    }
  }

  private void create(Container container, Revision revision, InstanceKey instance)
      throws EngineException {
    if (!images.test(container.image())) {
      throw new EngineException(Kind.PERMANENT, "no such image: " + container.image());
    }
    List<Box> boxes = boxes(instance);
    Optional<Box> there = boxes.stream().filter(b -> b.name.equals(container.name())).findFirst();
    if (there.filter(b -> !b.revision.equals(revision)).isPresent()) {
      throw new EngineException(Kind.PERMANENT, instance + " is there of " + there.get().revision);
    }
    if (there.isEmpty()) {
      int id = ++ids;
      List<Box> more = new ArrayList<>(boxes);
      more.add(new Box("c" + id, revision, container, "172.30.1." + (id % 250 + 2)));
      instances.put(instance, more);
    }
  }

  private List<Box> boxes(InstanceKey key) {
    return instances.getOrDefault(key, List.of());
  }

  /** One call a container, as the engine has it: the agent may die between two. */
  @Override
  public void start(InstanceKey instance) throws EngineException {
    calls.call(
        "engine.find " + instance.place(),
        FakeEngine::failure,
        () -> {
          if (boxes(instance).isEmpty()) {
            throw new EngineException(Kind.PERMANENT, "no such container: " + instance);
          }
          guard.starting(instance);
          return null;
        });
    for (Box box : boxes(instance)) {
      calls.call(
          "engine.start " + instance.place() + " " + box.name,
          FakeEngine::failure,
          () -> {
            if (box.state != State.RUNNING) {
              run(box);
            }
            return null;
          });
    }
  }

  private void run(Box box) {
    box.state = State.RUNNING;
    box.startedAt = ticker.steady().plusNanos(starts++ % 1000);
    box.oomKilled = false;
    box.restarts = 0;
    box.memory = 0;
  }

  /**
   * What can be had of the instance's memory; 0 where nothing was written since its start, or where
   * not all of it runs.
   */
  public long memory(InstanceKey key) {
    age();
    boolean runs = boxes(key).stream().allMatch(b -> b.state == State.RUNNING);
    return runs ? boxes(key).stream().mapToLong(b -> b.memory).max().orElse(0) : 0;
  }

  /** Writes into it, if it runs. */
  public boolean write(InstanceKey key, long value) {
    age();
    boolean runs =
        !boxes(key).isEmpty() && boxes(key).stream().allMatch(b -> b.state == State.RUNNING);
    if (runs) {
      boxes(key).forEach(b -> b.memory = value);
    }
    return runs;
  }

  @Override
  public void stop(InstanceKey instance, Duration grace) throws EngineException {
    for (Box box : boxes(instance)) {
      calls.call(
          "engine.stop " + instance.place() + " " + box.name,
          FakeEngine::failure,
          () -> {
            guard.stopping(instance);
            if (box.state == State.RUNNING) {
              box.state = State.EXITED;
              box.exitCode = 0;
            }
            return null;
          });
    }
  }

  @Override
  public void remove(InstanceKey instance) throws EngineException {
    for (Box box : boxes(instance)) {
      calls.call(
          "engine.remove " + instance.place() + " " + box.name,
          FakeEngine::failure,
          () -> {
            guard.stopping(instance);
            removeByHand(instance, box.name);
            return null;
          });
    }
  }

  @Override
  public void restartByEngine(InstanceKey instance, boolean on) throws EngineException {
    calls.call(
        "engine.restartByEngine " + instance.place(),
        FakeEngine::failure,
        () -> {
          boxes(instance).forEach(b -> b.restartByEngine = on);
          return null;
        });
  }

  @Override
  public Map<InstanceKey, MemoryUse> memory(AppName app) throws EngineException {
    return calls.call("engine.memory", FakeEngine::failure, () -> memoryOf(app));
  }

  private Map<InstanceKey, MemoryUse> memoryOf(AppName app) {
    age();
    Map<InstanceKey, MemoryUse> fullest = new TreeMap<>();
    instances.forEach(
        (key, boxes) ->
            boxes.stream()
                .filter(box -> key.app().equals(app) && box.state == State.RUNNING)
                .map(box -> new MemoryUse(box.name, used(box), box.limitBytes))
                .max(Comparator.comparing(MemoryUse::share))
                .ifPresent(use -> fullest.put(key, use)));
    return fullest;
  }

  private long used(Box box) {
    return memory.getOrDefault(box.revision.release().counter(), 1L << 20);
  }

  @Override
  public AutoCloseable watch(Runnable changed) {
    watchers.add(changed);
    return () -> watchers.remove(changed);
  }

  /** Its process exits; the engine restarts it where it was told to. */
  public void kill(InstanceKey key) {
    crash(key, 137);
  }

  /** As {@link #kill}, by itself. */
  public void crash(InstanceKey key, int exitCode) {
    crash(key, name -> true, exitCode);
  }

  /** As {@link #kill}, one container beside the others. */
  public void kill(InstanceKey key, String container) {
    crash(key, container::equals, 137);
  }

  private void crash(InstanceKey key, Predicate<String> which, int exitCode) {
    boxes(key).stream()
        .filter(b -> b.state == State.RUNNING && which.test(b.name))
        .forEach(b -> die(b, exitCode, false));
    List.copyOf(watchers).forEach(Runnable::run);
  }

  /** Somebody stops it by hand: the engine does not restart it. */
  public void stopByHand(InstanceKey key) {
    boxes(key).forEach(b -> b.state = State.EXITED);
  }

  /** As {@link #stopByHand}, one container beside the others. */
  public void stopByHand(InstanceKey key, String container) {
    boxes(key).stream().filter(b -> b.name.equals(container)).forEach(b -> b.state = State.EXITED);
  }

  /** Somebody removes one container by hand. */
  public void removeByHand(InstanceKey key, String container) {
    instances.computeIfPresent(
        key,
        (k, boxes) -> {
          List<Box> left = boxes.stream().filter(b -> !b.name.equals(container)).toList();
          return left.isEmpty() ? null : left;
        });
  }

  /** Somebody removes it by hand. */
  public void removeByHand(InstanceKey key) {
    instances.remove(key);
  }

  /** The machine restarts: what the engine was told to restart runs again. */
  public void reboot() {
    for (List<Box> boxes : instances.values()) {
      for (Box box : boxes) {
        boolean ran = box.state == State.RUNNING;
        box.state = ran ? State.EXITED : box.state;
        if (ran && box.restartByEngine) {
          box.state = State.RUNNING;
          box.startedAt = ticker.steady();
        }
      }
    }
  }

  public boolean isRestartedByEngine(InstanceKey key) {
    return boxes(key).stream().allMatch(b -> b.restartByEngine);
  }

  boolean uses(ImageRef image) {
    return instances.values().stream()
        .anyMatch(boxes -> boxes.stream().anyMatch(b -> b.image.equals(image)));
  }

  private static EngineException failure(Calls.Failure failure) {
    return new EngineException(
        failure.isPermanent() ? Kind.PERMANENT : Kind.TRANSIENT, failure.message());
  }
}
