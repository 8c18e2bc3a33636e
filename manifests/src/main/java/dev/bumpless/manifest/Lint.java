package dev.bumpless.manifest;

import dev.bumpless.manifest.Container.Volume;
import dev.bumpless.manifest.UpgradePolicy.Overlap;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Looks for what is dangerous or unwise in an app that is otherwise right. What the manifest waives
 * is not found. Errors are refused by {@link ManifestParser}; the policy {@code strict} makes every
 * advice an error.
 */
public final class Lint {
  /** Where engines have their control sockets, after CIS Docker benchmark 5.32. */
  private static final List<String> SOCKETS =
      List.of("docker.sock", "containerd.sock", "podman.sock", "crio.sock");

  private static final Set<String> FOLDERS_OF_SOCKETS =
      Set.of(
          "/",
          "/run",
          "/var",
          "/var/run",
          "/run/containerd",
          "/run/podman",
          "/var/run/podman",
          "/var/run/containerd",
          "/run/crio",
          "/var/run/crio",
          "/run/docker",
          "/var/run/docker");

  private final App app;
  private final List<Finding> findings = new ArrayList<>();

  private Lint(App app) {
    this.app = app;
  }

  /** In the order of the containers; without lines. */
  public static List<Finding> check(App app) {
    Lint lint = new Lint(app);
    for (int i = 0; i < app.containers().size(); i++) {
      lint.container("containers[" + i + "]", app.containers().get(i));
    }
    return List.copyOf(lint.findings);
  }

  private void container(String path, Container container) {
    for (int i = 0; i < container.volumes().size(); i++) {
      volume(path + ".volumes[" + i + "]", container.volumes().get(i));
    }
    for (int i = 0; i < container.devices().size(); i++) {
      device(path + ".devices[" + i + "]", container.devices().get(i));
    }
    limits(path + ".resources", container);
    security(path + ".security", container);
  }

  private void volume(String path, Volume volume) {
    boolean socket =
        FOLDERS_OF_SOCKETS.contains(volume.source())
            || SOCKETS.stream().anyMatch(s -> volume.source().endsWith("/" + s));
    if (socket) {
      find(
          Rule.DOCKER_SOCKET,
          path,
          volume.source() + " gives the container the engine, and with it the whole host",
          "do without it");
    } else if (volume.isHostPath()) {
      find(
          Rule.HOST_PATH,
          path,
          volume.source() + " is a path of the host",
          "take a named volume: data:" + volume.path());
    }
    if (!volume.readOnly()) {
      written(path, volume);
    }
  }

  private void written(String path, Volume volume) {
    if (says(StatePolicy.ExclusiveVolume.class) && volume.isHostPath()) {
      find(
          Rule.SHARED_VOLUME,
          path,
          volume.source() + " is a path of the host, and no slot can have one of its own",
          "take a named volume, or mount it read-only: " + volume + ":ro");
    } else if (!says(StatePolicy.SharedVolume.class) && !says(StatePolicy.ExclusiveVolume.class)) {
      find(
          Rule.SHARED_VOLUME,
          path,
          app.upgrade().overlap() == Overlap.NONE
              ? "both versions would write to " + volume.source() + ", one after the other"
              : "both slots would write to " + volume.source() + " during a swap",
          "say so by state: [ { kind: volume, mode: shared } ], or give each its own by mode:"
              + " exclusive with upgrade.overlap: none, or mount it read-only: "
              + volume
              + ":ro");
    }
  }

  private void device(String path, Container.Device device) {
    Overlap overlap = app.upgrade().overlap();
    if (device.shared()) {
      return;
    }
    if (overlap == Overlap.FULL || app.replicas() > 1) {
      find(
          Rule.EXCLUSIVE_DEVICE,
          path,
          "both slots would open " + device.path() + ", which is exclusive",
          "write "
              + device.path()
              + ":shared if two programs may have it open at once; else take upgrade.overlap: none"
              + " (the old version stops before the new one starts) or standby (the old one lets go"
              + " of it by a demote hook), and replicas: 1");
    } else if (overlap == Overlap.STANDBY && app.upgrade().demote().isEmpty()) {
      find(
          Rule.EXCLUSIVE_DEVICE,
          path,
          "the old version keeps "
              + device.path()
              + ", which is exclusive, while the new one is promoted",
          "give upgrade.demote a command that makes it let go, or take upgrade.overlap: none");
    }
  }

  private void limits(String path, Container container) {
    if (container.resources().memoryBytes() == 0) {
      find(
          Rule.MEMORY_LIMIT,
          path,
          "container '" + container.name() + "' has no memory limit",
          "set resources: { memory: 256Mi }");
    }
    if (container.resources().cpus() == 0) {
      find(
          Rule.CPU_LIMIT,
          path,
          "container '" + container.name() + "' may take every core",
          "set resources: { cpus: 0.5 }");
    }
  }

  private void security(String path, Container container) {
    Container.Security security = container.security();
    String who = "container '" + container.name() + "'";
    if (security.privileged()) {
      find(
          Rule.PRIVILEGED,
          path + ".privileged",
          who + " is privileged: nothing stands between it and the host",
          "name what it needs by capAdd and devices");
    }
    if (security.hostNetwork()) {
      find(
          Rule.HOST_NETWORK,
          path + ".hostNetwork",
          who + " is on the host's network, past the router",
          "give it ports instead");
    }
    security.capAdd().stream()
        .filter(Capabilities.DANGEROUS::contains)
        .forEach(
            c ->
                find(
                    Rule.DANGEROUS_CAPABILITY,
                    path + ".capAdd",
                    "capability " + c + " is a way out of the container",
                    "do without it"));
    hardening(path, who, security);
  }

  private void hardening(String path, String who, Container.Security security) {
    if (!security.readOnlyRootFilesystem()) {
      find(
          Rule.READ_ONLY_ROOT,
          path + ".readOnlyRootFilesystem",
          who + " can write to its root file system",
          "set security: { readOnlyRootFilesystem: true }");
    }
    if (security.user().map(u -> u.matches("(root|0+)(:.*)?")).orElse(true)) {
      find(
          Rule.NON_ROOT_USER,
          path + ".user",
          who + " runs as root, or as whatever its image says",
          "set security: { user: \"1000:1000\" }");
    }
  }

  private boolean says(Class<? extends StatePolicy> policy) {
    return app.state().stream().anyMatch(policy::isInstance);
  }

  private void find(Rule rule, String path, String message, String hint) {
    if (!app.waivers().contains(rule.id())) {
      String waive = rule.isWaivable() ? ", or accept it by waivers: [ " + rule.id() + " ]" : "";
      findings.add(new Finding(rule, rule.severity(app.policy()), path, 0, message, hint + waive));
    }
  }
}
