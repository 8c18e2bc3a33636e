package dev.bumpless.agent.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.RestartPolicy;
import com.github.dockerjava.core.DockerClientConfig;
import dev.bumpless.agent.swap.ContainerEngine;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.EngineFacts;
import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.MemoryUse;
import dev.bumpless.agent.swap.ObservedContainer;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.StatePolicy;
import dev.bumpless.protocol.Revision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The containers of one label space on a Docker engine.
 *
 * <h2>Concurrency</h2>
 *
 * Any thread may call. Creating and removing take one lock, because addresses and networks are
 * chosen by looking at what is there; starting and stopping take none.
 *
 * <h2>Crash safety</h2>
 *
 * Everything that is known is on the containers' labels. A crash in the middle of {@link #create}
 * leaves containers that {@link #list} shows and perhaps a network without one, which the next
 * create sweeps away; a container that lacks its second network gets it when create is repeated.
 */
public final class DockerEngine implements ContainerEngine {
  /**
   * Said in full: the library's own "no" is an empty name, which an update takes for "as it was".
   */
  private static final RestartPolicy NEVER =
      DockerClientConfig.getDefaultObjectMapper()
          .convertValue(Map.of("Name", "no"), RestartPolicy.class);

  private final DockerConnection engine;
  private final DockerSettings settings;
  private final Networks networks;
  private final LastWords lastWords = new LastWords();
  private final ReentrantLock placing = new ReentrantLock();

  public DockerEngine(DockerConnection engine, DockerSettings settings) {
    this.engine = engine;
    this.settings = settings;
    this.networks = new Networks(engine, settings, HostRoutes::read);
  }

  @Override
  public EngineFacts facts() throws EngineException {
    return HostFacts.read(engine);
  }

  @Override
  public List<ObservedContainer> list() throws EngineException {
    List<ObservedContainer> observed = new ArrayList<>();
    for (Container found : listed()) {
      Optional<Labels> labels = Labels.parse(found.getLabels());
      if (labels.isPresent()) {
        inspect(found.getId())
            .map(inspected -> Observation.of(inspected, labels.get(), settings.bridge()))
            .ifPresent(observed::add);
      }
    }
    return lastWords.of(observed, engine.client("reading what containers wrote last"));
  }

  @Override
  public void create(App app, Revision revision, InstanceKey instance) throws EngineException {
    List<dev.bumpless.manifest.Container> ordered = app.startOrder();
    placing.lock();
    try {
      Map<String, Container> existing = existing(revision, instance);
      networks.ensureBridge();
      networks.sweep(alive(instance));
      Optional<String> own =
          app.containers().size() > 1
              ? Optional.of(networks.ensureInstanceNetwork(instance, app.containers().size()))
              : Optional.empty();
      for (int order = 0; order < ordered.size(); order++) {
        dev.bumpless.manifest.Container container = ordered.get(order);
        Container there = existing.get(container.name());
        if (there == null) {
          Labels labels = new Labels(instance, revision, container.name(), order);
          create(app, container, labels, own);
        } else if (own.isPresent()) {
          join(there, container.name(), own.get());
        }
      }
    } finally {
      placing.unlock();
    }
  }

  @Override
  public void start(InstanceKey instance) throws EngineException {
    List<Container> containers = of(instance);
    if (containers.isEmpty()) {
      throw new EngineException(
          EngineException.Kind.PERMANENT,
          "starting %s failed: it has no containers. They have to be created first."
              .formatted(instance));
    }
    for (Container container : containers) {
      engine.run(
          "starting container " + name(container),
          DockerConnection.LONG,
          Set.of(304),
          client -> client.startContainerCmd(container.getId()).exec());
    }
  }

  @Override
  public void stop(InstanceKey instance, Duration grace) throws EngineException {
    int graceSeconds = (int) Math.min(86_400, (grace.toMillis() + 999) / 1000);
    List<Container> containers = of(instance);
    for (int i = containers.size() - 1; i >= 0; i--) {
      Container container = containers.get(i);
      engine.run(
          "stopping container " + name(container),
          DockerConnection.LONG.plusSeconds(graceSeconds),
          Set.of(304, 404),
          client -> client.stopContainerCmd(container.getId()).withTimeout(graceSeconds).exec());
    }
  }

  @Override
  public void remove(InstanceKey instance) throws EngineException {
    placing.lock();
    try {
      List<Container> containers = of(instance);
      for (int i = containers.size() - 1; i >= 0; i--) {
        remove(containers.get(i));
      }
      networks.removeInstanceNetwork(instance);
    } finally {
      placing.unlock();
    }
  }

  @Override
  public void restartByEngine(InstanceKey instance, boolean on) throws EngineException {
    RestartPolicy policy = on ? RestartPolicy.unlessStoppedRestart() : NEVER;
    for (Container container : of(instance)) {
      engine.call(
          "setting the restart policy of container " + name(container),
          client -> client.updateContainerCmd(container.getId()).withRestartPolicy(policy).exec());
    }
  }

  @Override
  public Map<InstanceKey, MemoryUse> memory(AppName app) throws EngineException {
    Map<InstanceKey, MemoryUse> fullest = new TreeMap<>();
    for (Container found :
        listed(Map.of(Labels.SPACE, settings.space(), Labels.APP, app.value()))) {
      Optional<Labels> labels = Labels.parse(found.getLabels());
      if (labels.isPresent() && "running".equals(found.getState())) {
        memory(found, labels.get().container())
            .ifPresent(use -> fullest.merge(labels.get().instance(), use, DockerEngine::fuller));
      }
    }
    return fullest;
  }

  private Optional<MemoryUse> memory(Container found, String container) throws EngineException {
    return engine.call(
        "reading the memory of container " + name(found),
        client -> {
          try {
            return MemoryReading.of(client, found.getId(), container);
          } catch (NotFoundException gone) {
            return Optional.empty();
          }
        });
  }

  private static MemoryUse fuller(MemoryUse one, MemoryUse other) {
    return one.share() >= other.share() ? one : other;
  }

  @Override
  public AutoCloseable watch(Runnable changed) {
    return EngineEvents.start(engine, settings.space(), changed);
  }

  /**
   * Those of the instance by their name in the manifest; fails where one is of another revision.
   */
  private Map<String, Container> existing(Revision revision, InstanceKey instance)
      throws EngineException {
    Map<String, Container> existing = new HashMap<>();
    for (Container container : of(instance)) {
      Labels labels = Labels.parse(container.getLabels()).orElseThrow();
      if (!labels.revision().equals(revision)) {
        throw new EngineException(
            EngineException.Kind.PERMANENT,
            "creating %s as %s failed: container %s of %s is there. It has to be removed first."
                .formatted(instance, revision, name(container), labels.revision()));
      }
      existing.put(labels.container(), container);
    }
    return existing;
  }

  private Set<InstanceKey> alive(InstanceKey coming) throws EngineException {
    Set<InstanceKey> alive = new HashSet<>(Set.of(coming));
    for (Container container : listed()) {
      Labels.parse(container.getLabels()).ifPresent(labels -> alive.add(labels.instance()));
    }
    return alive;
  }

  private void create(
      App app, dev.bumpless.manifest.Container container, Labels labels, Optional<String> own)
      throws EngineException {
    String name = nameOf(labels);
    boolean onHost = container.security().hostNetwork();
    boolean onBridge = !onHost && (own.isEmpty() || isReached(app, container.name()));
    String network = onHost ? "host" : onBridge ? settings.bridge() : own.orElseThrow();
    ContainerSpec spec =
        new ContainerSpec(
            container,
            app.policy(),
            labels,
            settings.space(),
            name,
            network,
            onBridge ? Optional.of(networks.freeAddress()) : Optional.empty(),
            volumes(app, container, labels.instance()));
    String doing = "creating container %s from %s".formatted(name, container.image().pullName());
    String id =
        engine.call(doing, DockerConnection.LONG, client -> spec.command(client).exec()).getId();
    if (own.isPresent() && onBridge) {
      connect(id, name, container.name(), own.get());
    }
  }

  /** Whether router or probes have to reach it. */
  private static boolean isReached(App app, String container) {
    return app.ports().stream().anyMatch(port -> port.container().equals(container))
        || app.health().stream().anyMatch(check -> check.container().equals(container));
  }

  /** Makes the named volumes that it mounts; the manifest's names to the engine's. */
  private Map<String, String> volumes(
      App app, dev.bumpless.manifest.Container container, InstanceKey instance)
      throws EngineException {
    VolumeNames known = new VolumeNames(settings.space(), app.name());
    boolean isOwn = app.state().stream().anyMatch(StatePolicy.ExclusiveVolume.class::isInstance);
    Map<String, String> names = new HashMap<>();
    for (dev.bumpless.manifest.Container.Volume volume : container.volumes()) {
      if (!volume.isHostPath()) {
        String source = volume.source();
        String name = isOwn ? known.own(instance.slot(), source) : known.shared(source);
        Map<String, String> labels =
            new TreeMap<>(Map.of(Labels.SPACE, settings.space(), Labels.APP, app.name().value()));
        if (isOwn) {
          labels.put(Labels.SLOT, instance.slot().label());
        }
        names.put(source, name);
        engine.call(
            "making volume " + name,
            client -> client.createVolumeCmd().withName(name).withLabels(labels).exec());
      }
    }
    return names;
  }

  /** What a crash may have left out between creating and connecting. */
  private void join(Container there, String alias, String network) throws EngineException {
    Map<String, ContainerNetwork> has = there.getNetworkSettings().getNetworks();
    if (!has.containsKey(network) && !has.containsKey("host")) {
      connect(there.getId(), name(there), alias, network);
    }
  }

  private void connect(String id, String name, String alias, String network)
      throws EngineException {
    engine.call(
        "connecting container %s to network %s".formatted(name, network),
        client ->
            client
                .connectToNetworkCmd()
                .withContainerId(id)
                .withNetworkId(network)
                .withContainerNetwork(new ContainerNetwork().withAliases(alias))
                .exec());
  }

  private void remove(Container container) throws EngineException {
    engine.run(
        "removing container " + name(container),
        DockerConnection.LONG,
        Set.of(404),
        client ->
            client
                .removeContainerCmd(container.getId())
                .withForce(true)
                .withRemoveVolumes(true)
                .exec());
  }

  private List<Container> listed() throws EngineException {
    return listed(Map.of(Labels.SPACE, settings.space()));
  }

  /** The instance's containers in start order. */
  private List<Container> of(InstanceKey instance) throws EngineException {
    return listed(Labels.ofInstance(settings.space(), instance)).stream()
        .filter(container -> Labels.parse(container.getLabels()).isPresent())
        .sorted(
            Comparator.comparing(
                container -> Labels.parse(container.getLabels()).orElseThrow().order()))
        .toList();
  }

  private List<Container> listed(Map<String, String> labels) throws EngineException {
    return engine.call(
        "listing containers of space " + settings.space(),
        client -> client.listContainersCmd().withShowAll(true).withLabelFilter(labels).exec());
  }

  private Optional<InspectContainerResponse> inspect(String id) throws EngineException {
    return engine.call("inspecting container " + id, client -> inspect(client, id));
  }

  private static Optional<InspectContainerResponse> inspect(DockerClient client, String id) {
    try {
      return Optional.of(client.inspectContainerCmd(id).exec());
    } catch (NotFoundException gone) {
      return Optional.empty();
    }
  }

  private String nameOf(Labels labels) {
    InstanceKey instance = labels.instance();
    return "%s-%s-%s-%d-%s"
        .formatted(
            settings.space(),
            instance.app(),
            instance.slot(),
            instance.number(),
            labels.container());
  }

  private static String name(Container container) {
    return container.getNames() == null || container.getNames().length == 0
        ? container.getId()
        : container.getNames()[0].replaceFirst("^/", "");
  }
}
