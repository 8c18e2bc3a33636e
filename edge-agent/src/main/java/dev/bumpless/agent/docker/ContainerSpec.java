package dev.bumpless.agent.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Device;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.RestartPolicy;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.SecurityPolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A container of the manifest in the engine's words, with the safe defaults that the manifest does
 * not name.
 *
 * @param name the engine's name for it
 * @param network what it is created on: {@code host} or a network's name
 * @param address fixed address on the device's bridge; on a network of its instance a container has
 *     its name instead
 * @param volumes the manifest's volume names to the engine's
 */
record ContainerSpec(
    Container container,
    SecurityPolicy policy,
    Labels labels,
    String space,
    String name,
    String network,
    Optional<String> address,
    Map<String, String> volumes) {

  /** On the device's flash: 3 files of 10 MB, compressed, for each container. */
  private static final LogConfig LOGS =
      new LogConfig(LogConfig.LoggingType.LOCAL, Map.of("max-size", "10m", "max-file", "3"));

  CreateContainerCmd command(DockerClient client) {
    CreateContainerCmd command =
        client
            .createContainerCmd(container.image().pullName())
            .withName(name)
            .withLabels(labels.toMap(space))
            .withEnv(env())
            .withHostConfig(hostConfig());
    if (!container.security().hostNetwork()) {
      command.withHostName(container.name());
    }
    if (!container.entrypoint().isEmpty()) {
      command.withEntrypoint(container.entrypoint());
    }
    if (!container.command().isEmpty()) {
      command.withCmd(container.command());
    }
    container.workingDir().ifPresent(command::withWorkingDir);
    container.security().user().ifPresent(command::withUser);
    address.ifPresentOrElse(
        command::withIpv4Address,
        () -> {
          if (!container.security().hostNetwork()) {
            command.withAliases(container.name());
          }
        });
    return command;
  }

  private List<String> env() {
    return new TreeMap<>(container.env())
        .entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue()).toList();
  }

  private HostConfig hostConfig() {
    HostConfig host =
        HostConfig.newHostConfig()
            .withNetworkMode(network)
            .withMounts(container.volumes().stream().map(this::mount).toList())
            .withDevices(container.devices().stream().map(ContainerSpec::device).toList())
            .withReadonlyRootfs(container.security().readOnlyRootFilesystem())
            .withRestartPolicy(RestartPolicy.noRestart())
            .withLogConfig(LOGS)
            .withInit(true);
    limit(host, container.resources());
    secure(host, container.security());
    return host;
  }

  private static void limit(HostConfig host, Container.Resources resources) {
    if (resources.memoryBytes() > 0) {
      host.withMemory(resources.memoryBytes()).withMemorySwap(resources.memoryBytes());
    }
    if (resources.cpus() > 0) {
      host.withNanoCPUs(Math.round(resources.cpus() * 1e9));
    }
    if (resources.pids() > 0) {
      host.withPidsLimit((long) resources.pids());
    }
  }

  private void secure(HostConfig host, Container.Security security) {
    if (security.privileged()) {
      host.withPrivileged(true);
      return;
    }
    host.withCapAdd(capabilities(security.capAdd()))
        .withCapDrop(capabilities(security.droppedCapabilities(policy)))
        .withSecurityOpts(List.of("no-new-privileges:true"));
  }

  private static Capability[] capabilities(Set<String> names) {
    return names.stream().map(Capability::valueOf).toArray(Capability[]::new);
  }

  private static Device device(Container.Device device) {
    return new Device("rwm", device.path(), device.path());
  }

  private Mount mount(Container.Volume volume) {
    return new Mount()
        .withType(volume.isHostPath() ? MountType.BIND : MountType.VOLUME)
        .withSource(
            volume.isHostPath()
                ? volume.source()
                : volumes.getOrDefault(volume.source(), volume.source()))
        .withTarget(volume.path())
        .withReadOnly(volume.readOnly());
  }
}
