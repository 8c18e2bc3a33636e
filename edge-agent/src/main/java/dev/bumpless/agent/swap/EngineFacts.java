package dev.bumpless.agent.swap;

import java.util.Set;

/**
 * What the preflight needs to know of the machine. Sizes in bytes.
 *
 * @param platform as in OCI image indexes: {@code linux/arm64/v8}
 * @param freeDiskBytes where the engine keeps its images
 * @param listening {@code address:port} of every TCP listener of the machine, the router's too
 */
public record EngineFacts(
    String platform,
    String version,
    String apiVersion,
    boolean liveRestore,
    long freeDiskBytes,
    long availableMemoryBytes,
    Set<String> listening) {
  public EngineFacts {
    listening = Set.copyOf(listening);
  }
}
