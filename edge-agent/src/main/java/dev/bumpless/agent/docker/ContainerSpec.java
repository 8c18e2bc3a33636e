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
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
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
    Labels labels,
    String space,
    String name,
    String network,
    Optional<String> address,
    Map<String, String> volumes) {

  /** What Docker gives by default and hardly an app needs. */
  private static final Set<Capability> DROPPED =
      EnumSet.of(
          Capability.NET_RAW,
          Capability.MKNOD,
          Capability.AUDIT_WRITE,
          Capability.SETFCAP,
          Capability.SYS_CHROOT);

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

  private static void secure(HostConfig host, Container.Security security) {
    if (security.privileged()) {
      host.withPrivileged(true);
      return;
    }
    Set<Capability> added = capabilities(security.capAdd());
    Set<Capability> dropped = EnumSet.copyOf(DROPPED);
    dropped.removeAll(added);
    dropped.addAll(capabilities(security.capDrop()));
    if (added.contains(Capability.ALL)) {
      dropped.removeAll(DROPPED);
    }
    host.withCapAdd(added.toArray(Capability[]::new))
        .withCapDrop(dropped.toArray(Capability[]::new))
        .withSecurityOpts(List.of("no-new-privileges:true"));
  }

  /** Accepts {@code NET_ADMIN}, {@code net_admin} and {@code CAP_NET_ADMIN}. */
  private static Set<Capability> capabilities(Set<String> names) {
    Set<Capability> found = EnumSet.noneOf(Capability.class);
    for (String text : names) {
      String upper = text.toUpperCase(Locale.ROOT);
      found.add(Capability.valueOf(upper.startsWith("CAP_") ? upper.substring(4) : upper));
    }
    return found;
  }

  /** The first capability of the container that the engine would not know. */
  static Optional<String> unknownCapability(Container container) {
    Set<String> known =
        Set.copyOf(Arrays.stream(Capability.values()).map(Capability::name).toList());
    return java.util.stream.Stream.concat(
            container.security().capAdd().stream(), container.security().capDrop().stream())
        .filter(text -> !known.contains(text.toUpperCase(Locale.ROOT).replaceFirst("^CAP_", "")))
        .findFirst();
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
