package dev.bumpless.agent.docker;

import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.Container;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.ImageStore;
import dev.bumpless.manifest.ImageRef;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * The engine's images, pulled by digest and verified after it. Any thread may call.
 *
 * <p>That an image is ours is written down before its pull begins, so that a crash cannot make us
 * forget it; what a crash left half-pulled is the engine's to throw away.
 */
public final class DockerImages implements ImageStore {
  private static final Logger LOG = System.getLogger(DockerImages.class.getName());

  /** A pull without any progress for so long has failed; a slow one has not. */
  static final Duration STALL = Duration.ofMinutes(5);

  private final DockerConnection engine;
  private final RegistryCredentials credentials;
  private final PulledImages pulled;
  private final Duration stall;
  private final Set<ImageRef> pulling = ConcurrentHashMap.newKeySet();

  public DockerImages(DockerConnection engine, DockerSettings settings) {
    this(engine, settings, STALL);
  }

  DockerImages(DockerConnection engine, DockerSettings settings, Duration stall) {
    this.engine = engine;
    this.credentials = new RegistryCredentials(settings.credentials());
    this.pulled = new PulledImages(settings.state().resolve("pulled-images"));
    this.stall = stall;
  }

  @Override
  public boolean has(ImageRef image) throws EngineException {
    return inspect(pinned(image)).filter(found -> isUnderDigest(found, image)).isPresent();
  }

  @Override
  public void pull(ImageRef image, PullListener listener, BooleanSupplier cancelled)
      throws EngineException {
    if (has(image)) {
      return;
    }
    pulling.add(image);
    try {
      remember(image);
      Optional<AuthConfig> account = credentials.of(image.registry());
      PullWatch watch = new PullWatch("pulling image " + image, listener, stall);
      PullImageCmd command = engine.client("pulling image " + image).pullImageCmd(image.pullName());
      account.ifPresent(command::withAuthConfig);
      watch.await(command, cancelled);
      verify(image);
    } finally {
      pulling.remove(image);
    }
  }

  @Override
  public void collect(Set<ImageRef> keep) throws EngineException {
    Set<String> kept = keep.stream().map(ImageRef::pullName).collect(Collectors.toSet());
    pulling.forEach(image -> kept.add(image.pullName()));
    List<String> candidates = read().stream().filter(name -> !kept.contains(name)).toList();
    if (candidates.isEmpty()) {
      return;
    }
    Set<String> used = usedImageIds();
    Set<String> gone = new HashSet<>();
    for (String name : candidates) {
      Optional<InspectImageResponse> found = inspect(name);
      if (found.isEmpty() || (!used.contains(found.get().getId()) && remove(name))) {
        gone.add(name);
      }
    }
    forget(gone);
  }

  private void verify(ImageRef image) throws EngineException {
    InspectImageResponse found =
        inspect(image.pullName())
            .filter(candidate -> isUnderDigest(candidate, image))
            .orElseThrow(
                () ->
                    new EngineException(
                        EngineException.Kind.PERMANENT,
                        "pulling image %s failed: the engine says that it is done but has no image of that digest. Check registry and engine."
                            .formatted(image)));
    String engineArch =
        engine.call("asking the engine's version", client -> client.versionCmd().exec().getArch());
    if (!Platforms.runs(engineArch, found.getArch())) {
      remove(image.pullName());
      throw new EngineException(
          EngineException.Kind.PERMANENT,
          "pulling image %s failed: it is made for linux/%s and this device is linux/%s. Build it for that platform too."
              .formatted(image, found.getArch(), engineArch));
    }
  }

  private static boolean isUnderDigest(InspectImageResponse found, ImageRef image) {
    String digest = "@" + image.digest().orElseThrow();
    return found.getRepoDigests() != null
        && found.getRepoDigests().stream().anyMatch(name -> name.endsWith(digest));
  }

  private Optional<InspectImageResponse> inspect(String name) throws EngineException {
    return engine.call(
        "inspecting image " + name,
        client -> {
          try {
            return Optional.of(client.inspectImageCmd(name).exec());
          } catch (NotFoundException absent) {
            return Optional.empty();
          }
        });
  }

  private Set<String> usedImageIds() throws EngineException {
    List<Container> all =
        engine.call(
            "listing the containers of all images",
            client -> client.listContainersCmd().withShowAll(true).exec());
    return all.stream().map(Container::getImageId).collect(Collectors.toSet());
  }

  /** False where somebody uses it after all. */
  private boolean remove(String name) throws EngineException {
    return engine.call(
        "removing image " + name,
        DockerConnection.LONG,
        client -> {
          try {
            client.removeImageCmd(name).exec();
            LOG.log(Level.INFO, "event=image-removed image={0}", name);
            return true;
          } catch (NotFoundException gone) {
            return true;
          } catch (DockerException refused) {
            if (refused.getHttpStatus() != 409) {
              throw refused;
            }
            return false;
          }
        });
  }

  private static String pinned(ImageRef image) throws EngineException {
    if (!image.isPinned()) {
      throw new EngineException(
          EngineException.Kind.PERMANENT,
          "looking for image %s failed: it has no digest. Only pinned images run here."
              .formatted(image));
    }
    return image.pullName();
  }

  private void remember(ImageRef image) throws EngineException {
    try {
      pulled.add(image.pullName());
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private Set<String> read() throws EngineException {
    try {
      return pulled.all();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private void forget(Set<String> gone) throws EngineException {
    try {
      pulled.remove(gone);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private EngineException unwritable(IOException e) {
    return new EngineException(
        EngineException.Kind.TRANSIENT,
        "keeping the list of pulled images failed: %s. Check the agent's state folder and its disk."
            .formatted(e),
        e);
  }
}
