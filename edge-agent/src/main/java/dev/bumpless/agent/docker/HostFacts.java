package dev.bumpless.agent.docker;

import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.api.model.Version;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.EngineFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the engine and the kernel say of the machine. */
final class HostFacts {
  private static final Path MEMORY = Path.of("/proc/meminfo");

  private HostFacts() {}

  static EngineFacts read(DockerConnection engine) throws EngineException {
    Version version = engine.call("asking the engine's version", c -> c.versionCmd().exec());
    Info info = engine.call("asking the engine about its host", c -> c.infoCmd().exec());
    return new EngineFacts(
        Platforms.name(version.getArch(), info.getArchitecture()),
        version.getVersion(),
        version.getApiVersion(),
        Boolean.TRUE.equals(info.getRawValues().get("LiveRestoreEnabled")),
        freeDiskBytes(Path.of(rootOf(info))),
        availableMemoryBytes(memoryLines()),
        Listeners.read());
  }

  /**
   * Space left for an unprivileged writer on the file system of a folder, or of the nearest folder
   * above it that can be asked.
   */
  static long freeDiskBytes(Path folder) {
    Path parent = folder.getParent();
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException unreadable) {
      return parent == null ? 0 : freeDiskBytes(parent);
    }
  }

  /** {@code MemAvailable}: what can be had without swapping; 0 where the kernel does not say. */
  static long availableMemoryBytes(List<String> meminfo) {
    return meminfo.stream()
        .filter(line -> line.startsWith("MemAvailable:"))
        .map(line -> line.replaceAll("\\D", ""))
        .mapToLong(kibibytes -> Long.parseLong(kibibytes) * 1024)
        .findFirst()
        .orElse(0);
  }

  private static List<String> memoryLines() {
    try {
      return Files.readAllLines(MEMORY);
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String rootOf(Info info) {
    return info.getDockerRootDir() == null ? "/var/lib/docker" : info.getDockerRootDir();
  }
}
