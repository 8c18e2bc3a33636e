package dev.bumpless.agent.docker;

import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerMount;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.manifest.AppName;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Copies the named volumes of one instance to those of another. What they are is seen on their
 * containers: the old one may have volumes that both slots shared.
 *
 * <p>The agent may not read the engine's folders, so a container does it, with both volumes, no
 * network and no image of its own: see {@link CopierContainer}. It is kept from the first copy to
 * {@link #close}, because it knows what it has copied, and because starting one takes too long for
 * a hold.
 *
 * <p>Any thread may call; for one app one at a time.
 */
public final class VolumeCopier {
  /** On containers that carry volumes: they are no instances. */
  static final String ROLE = "dev.bumpless.role";

  static final String COPIER = "volume-copier";

  private final DockerConnection engine;
  private final DockerSettings settings;
  private final Map<InstanceKey, CopierContainer> open = new ConcurrentHashMap<>();

  public VolumeCopier(DockerConnection engine, DockerSettings settings) {
    this.engine = engine;
    this.settings = settings;
  }

  /**
   * Where a volume is to be copied.
   *
   * @param from the engine's name, as {@code to}
   */
  record Way(String from, String to) {}

  /**
   * Copies what differs. Volumes that only one of them has, or that both share, are left alone.
   *
   * @param exactly whether nobody writes: then the volumes are the same afterwards, on the disk too
   */
  public void copy(InstanceKey from, InstanceKey to, boolean exactly, Duration limit)
      throws EngineException {
    long end = System.nanoTime() + limit.toNanos();
    SortedMap<String, Way> ways = ways(from, to);
    if (ways.isEmpty()) {
      return;
    }
    String tried =
        "copying volumes %s of %s from %s to %s"
            .formatted(ways.keySet(), from.app(), from.place(), to.place());
    CopierContainer copier = copier(tried, to, ways);
    boolean isDone = false;
    try {
      copier.copy(tried, exactly, Duration.ofNanos(end - System.nanoTime()));
      isDone = true;
    } finally {
      if (!isDone) {
        // Whatever it still does must not be done when somebody starts on those volumes.
        open.remove(to);
        copier.close();
      }
    }
  }

  /** Ends what copies volumes of the app, also what an agent before this one has left. */
  public void close(AppName app) throws EngineException {
    for (InstanceKey to : List.copyOf(open.keySet())) {
      if (to.app().equals(app)) {
        Optional.ofNullable(open.remove(to)).ifPresent(CopierContainer::hangUp);
      }
    }
    for (Container left : listed(Map.of(Labels.APP, app.value(), ROLE, COPIER))) {
      CopierContainer.remove(engine, left.getId());
    }
  }

  private CopierContainer copier(String tried, InstanceKey to, SortedMap<String, Way> ways)
      throws EngineException {
    CopierContainer present = open.get(to);
    if (present != null && present.isFor(ways)) {
      return present;
    }
    open.remove(to);
    String name =
        "%s-%s-to-%s-%d-volumes".formatted(settings.space(), to.app(), to.slot(), to.number());
    CopierContainer.remove(engine, name);
    try {
      Map<String, String> labels =
          Map.of(Labels.SPACE, settings.space(), Labels.APP, to.app().value(), ROLE, COPIER);
      CopierContainer made = CopierContainer.start(engine, name, labels, ways);
      open.put(to, made);
      return made;
    } catch (IOException e) {
      throw new EngineException(
          EngineException.Kind.PERMANENT, "%s failed: %s".formatted(tried, e), e);
    }
  }

  private SortedMap<String, Way> ways(InstanceKey from, InstanceKey to) throws EngineException {
    Map<String, String> source = volumes(from);
    SortedMap<String, Way> ways = new TreeMap<>();
    volumes(to)
        .forEach(
            (volume, name) ->
                Optional.ofNullable(source.get(volume))
                    .filter(other -> !other.equals(name))
                    .ifPresent(other -> ways.put(volume, new Way(other, name))));
    return ways;
  }

  /** The manifest's names to the engine's. */
  private Map<String, String> volumes(InstanceKey instance) throws EngineException {
    VolumeNames names = new VolumeNames(settings.space(), instance.app());
    Map<String, String> volumes = new TreeMap<>();
    List<Container> containers = listed(Labels.ofInstance(settings.space(), instance));
    if (containers.isEmpty()) {
      throw new EngineException(
          EngineException.Kind.PERMANENT,
          "looking for the volumes of %s failed: it has no containers.".formatted(instance));
    }
    for (Container container : containers) {
      for (ContainerMount mount : container.getMounts()) {
        String name = mount.getName() == null ? "" : mount.getName();
        names.source(name).ifPresent(source -> volumes.put(source, name));
      }
    }
    return volumes;
  }

  private List<Container> listed(Map<String, String> labels) throws EngineException {
    Map<String, String> ours = new TreeMap<>(labels);
    ours.put(Labels.SPACE, settings.space());
    return engine.call(
        "listing containers " + ours,
        client -> client.listContainersCmd().withShowAll(true).withLabelFilter(ours).exec());
  }
}
