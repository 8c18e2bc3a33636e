package dev.bumpless.manifest;

import dev.bumpless.manifest.yaml.Problem;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One container of an app. Its name is its host name on the network of its instance.
 *
 * @param command arguments, empty for the image's own; likewise {@code entrypoint}
 * @param workingDir absolute
 * @param env in order of its names
 * @param dependsOn containers of this app that are started before this one, in order of their names
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
  /** No {@code =}, no blanks: what every shell and engine takes. */
  static final String ENV_NAME = "[A-Za-z_][A-Za-z0-9_.-]*";

  public Container {
    entrypoint = List.copyOf(entrypoint);
    command = List.copyOf(command);
    env = Ordered.map(env);
    volumes = List.copyOf(volumes);
    devices = List.copyOf(devices);
    dependsOn = Ordered.set(dependsOn);
    InvalidManifestException.check(
        Limits.isLabel(name), "%s is not %s", Problem.quote(name), Limits.LABEL_EXPECTED);
    workingDir.ifPresent(FilePath::check);
    env.keySet()
        .forEach(
            k ->
                InvalidManifestException.check(
                    k.matches(ENV_NAME), "%s is no variable's name", Problem.quote(k)));
    checkText(entrypoint);
    checkText(command);
    checkText(env.values());
    InvalidManifestException.check(
        volumes.stream().map(Volume::path).distinct().count() == volumes.size(),
        "container '%s' mounts two volumes at one path",
        name);
  }

  private static void checkText(Collection<String> texts) {
    InvalidManifestException.check(
        texts.stream().allMatch(t -> t.length() <= Limits.TEXT_LENGTH && t.indexOf(0) < 0),
        "a value is longer than %d characters, or holds a NUL",
        Limits.TEXT_LENGTH);
  }

  /** {@code name:path[:ro]}; a source that starts with '/' is a host path and needs a waiver. */
  public record Volume(String source, String path, boolean readOnly) {
    static final String NAME = "[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}";

    public Volume {
      if (source.startsWith("/")) {
        FilePath.check(source);
      } else {
        InvalidManifestException.check(
            source.matches(NAME),
            "%s is no volume: a name of letters, digits, '_', '.' and '-', or a host path",
            Problem.quote(source));
      }
      FilePath.check(path);
      InvalidManifestException.check(!path.equals("/"), "a volume cannot be mounted at /");
    }

    static Volume parse(String text) {
      String[] parts = text.split(":", -1);
      InvalidManifestException.check(
          parts.length == 2 || (parts.length == 3 && parts[2].matches("ro|rw")),
          "%s is no volume: expected name:/path or name:/path:ro",
          Problem.quote(text));
      return new Volume(parts[0], parts[1], parts.length == 3 && parts[2].equals("ro"));
    }

    public boolean isHostPath() {
      return source.startsWith("/");
    }

    @Override
    public String toString() {
      return source + ":" + path + (readOnly ? ":ro" : "");
    }
  }

  /**
   * A host device under {@code /dev}.
   *
   * @param shared whether two slots may open it at once
   */
  public record Device(String path, boolean shared) {
    private static final String SHARED = ":shared";

    public Device {
      FilePath.check(path);
      InvalidManifestException.check(
          path.startsWith("/dev/"), "%s is no device: expected /dev/…", Problem.quote(path));
    }

    static Device parse(String text) {
      boolean shared = text.endsWith(SHARED);
      String path = shared ? text.substring(0, text.length() - SHARED.length()) : text;
      return new Device(path, shared);
    }

    @Override
    public String toString() {
      return path + (shared ? SHARED : "");
    }
  }

  /**
   * @param memoryBytes hard limit, whole KiB, 6 MiB to 1 TiB; 0 for none, which needs a waiver
   * @param cpus share of cores, 0.01 to 1024; 0 for no limit
   * @param pids most processes and threads, 1 to 32768
   */
  public record Resources(long memoryBytes, double cpus, int pids) {
    public static final int DEFAULT_PIDS = 256;

    /** No limit of memory and cores. */
    public static final Resources DEFAULT = new Resources(0, 0, DEFAULT_PIDS);

    public Resources {
      InvalidManifestException.check(
          memoryBytes == 0 || Limits.MEMORY.holds(memoryBytes),
          "memory of %d bytes is not %s",
          memoryBytes,
          Limits.MEMORY.expected());
      InvalidManifestException.check(
          cpus == 0 || (cpus >= Limits.CPUS.min() && cpus <= Limits.CPUS.max()),
          "cpus %s is not %s",
          cpus,
          Limits.CPUS.expected());
      Limits.check("pids", pids, Limits.PIDS);
    }
  }

  /**
   * Differences from the safe defaults. Whatever it says, processes get no new privileges, and the
   * engine's seccomp profile stays.
   *
   * @param capAdd names without {@code CAP_}; likewise {@code capDrop}
   * @param user as docker's {@code --user}
   */
  public record Security(
      boolean readOnlyRootFilesystem,
      Set<String> capAdd,
      Set<String> capDrop,
      Optional<String> user,
      boolean privileged,
      boolean hostNetwork) {
    static final String USER =
        "[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,62})?";

    public static final Security DEFAULT =
        new Security(false, Set.of(), Set.of(), Optional.empty(), false, false);

    public Security {
      capAdd = Ordered.set(capAdd);
      capDrop = Ordered.set(capDrop);
      capAdd.forEach(Capabilities::check);
      capDrop.forEach(Capabilities::check);
      for (String added : capAdd) {
        InvalidManifestException.check(
            !capDrop.contains(added), "capability %s stands in capAdd and in capDrop", added);
      }
      InvalidManifestException.check(
          user.stream().allMatch(u -> u.matches(USER)),
          "%s is no user: expected user or user:group, by name or number",
          Problem.quote(user.orElse("")));
    }

    /**
     * What is dropped of the capabilities that Docker gives, in order; {@code ALL} alone means that
     * {@link #capAdd} is all there is.
     */
    public Set<String> droppedCapabilities(SecurityPolicy policy) {
      return Capabilities.dropped(this, policy);
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
