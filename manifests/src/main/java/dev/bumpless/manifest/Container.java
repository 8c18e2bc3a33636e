package dev.bumpless.manifest;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One container of an app. Its name is its host name on the network of its instance.
 *
 * @param command arguments, empty for the image's own; likewise {@code entrypoint}
 * @param dependsOn containers of this app that are started before this one
 */
public record Container(
    String name,
    ImageRef image,
    List<String> entrypoint,
    List<String> command,
    Optional<String> workingDir,
    Map<String, String> env,
    List<Volume> volumes,
    List<Device> devices,
    Resources resources,
    Security security,
    Set<String> dependsOn) {

  public Container {
    entrypoint = List.copyOf(entrypoint);
    command = List.copyOf(command);
    env = Map.copyOf(env);
    volumes = List.copyOf(volumes);
    devices = List.copyOf(devices);
    dependsOn = Set.copyOf(dependsOn);
  }

  /** {@code name:path[:ro]}; a source that starts with '/' is a host path and needs a waiver. */
  public record Volume(String source, String path, boolean readOnly) {
    public boolean isHostPath() {
      return source.startsWith("/");
    }
  }

  /**
   * A host device.
   *
   * @param shared whether two slots may open it at once
   */
  public record Device(String path, boolean shared) {}

  /**
   * @param memoryBytes hard limit; the one limit that must be given (0 only under a waiver: none)
   * @param cpus share of cores, 0 for no limit
   * @param pids most processes and threads
   */
  public record Resources(long memoryBytes, double cpus, int pids) {
    public static final int DEFAULT_PIDS = 256;
  }

  /** Differences from the safe defaults; {@code user} as docker's {@code --user}. */
  public record Security(
      boolean readOnlyRootFilesystem,
      Set<String> capAdd,
      Set<String> capDrop,
      Optional<String> user,
      boolean privileged,
      boolean hostNetwork) {
    public static final Security DEFAULT =
        new Security(false, Set.of(), Set.of(), Optional.empty(), false, false);

    public Security {
      capAdd = Set.copyOf(capAdd);
      capDrop = Set.copyOf(capDrop);
    }
  }

  public Container withImage(ImageRef other) {
    return new Container(
        name,
        other,
        entrypoint,
        command,
        workingDir,
        env,
        volumes,
        devices,
        resources,
        security,
        dependsOn);
  }
}
