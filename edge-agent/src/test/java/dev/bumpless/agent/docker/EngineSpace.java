package dev.bumpless.agent.docker;

import com.github.dockerjava.api.DockerClient;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.manifest.AppName;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** A label space of its own on this machine's engine; all of it is gone when it is closed. */
public final class EngineSpace implements AutoCloseable {
  public static final URI ENGINE = URI.create("unix:///var/run/docker.sock");

  private final DockerSettings settings;
  private final DockerConnection connection;
  private final Set<String> registries = new HashSet<>();

  private EngineSpace(DockerSettings settings) {
    this.settings = settings;
    this.connection = new DockerConnection(settings.host());
  }

  /** On a subnet that is most likely nobody else's. */
  public static EngineSpace open(Path state) {
    int random = ThreadLocalRandom.current().nextInt(1 << 14);
    Subnet subnet = Subnet.parse("10.%d.%d.0/24".formatted(192 + (random >> 8), random & 255));
    return open(state, subnet, Optional.empty());
  }

  public static EngineSpace open(Path state, Subnet subnet, Optional<Path> credentials) {
    String space = "test-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    return new EngineSpace(new DockerSettings(ENGINE, space, subnet, credentials, state));
  }

  public DockerSettings settings() {
    return settings;
  }

  public DockerConnection connection() {
    return connection;
  }

  public DockerClient client() throws EngineException {
    return connection.client("testing");
  }

  /** What has it is gone when this is closed. */
  public Map<String, String> label() {
    return Map.of(Labels.SPACE, settings.space());
  }

  /** What was pulled from there goes too, when this is closed. */
  public void forget(LoopbackRegistry registry) {
    registries.add(registry.host() + "/");
  }

  /** A volume that both slots of an app share, with so much room, such as {@code 1m}. */
  public void makeSmallVolume(AppName app, String source, String size) throws EngineException {
    client()
        .createVolumeCmd()
        .withName(new VolumeNames(settings.space(), app).shared(source))
        .withLabels(label())
        .withDriverOpts(Map.of("type", "tmpfs", "device", "tmpfs", "o", "size=" + size))
        .exec();
  }

  @Override
  public void close() throws EngineException {
    DockerClient client = client();
    client
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(label())
        .exec()
        .forEach(
            found ->
                client
                    .removeContainerCmd(found.getId())
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec());
    List<String> label = List.of(Labels.SPACE + "=" + settings.space());
    client
        .listNetworksCmd()
        .withFilter("label", label)
        .exec()
        .forEach(network -> client.removeNetworkCmd(network.getId()).exec());
    client
        .listVolumesCmd()
        .withFilter("label", label)
        .exec()
        .getVolumes()
        .forEach(volume -> client.removeVolumeCmd(volume.getName()).exec());
    removeImages(client);
    connection.close();
  }

  private void removeImages(DockerClient client) {
    client.listImagesCmd().exec().stream()
        .flatMap(image -> Stream.ofNullable(image.getRepoDigests()).flatMap(Stream::of))
        .filter(name -> registries.stream().anyMatch(name::startsWith))
        .forEach(name -> client.removeImageCmd(name).exec());
  }
}
