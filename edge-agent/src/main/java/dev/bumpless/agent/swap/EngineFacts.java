package dev.bumpless.agent.swap;

/**
 * What the preflight needs to know of the machine. Sizes in bytes.
 *
 * @param platform as in OCI image indexes: {@code linux/arm64/v8}
 * @param freeDiskBytes where the engine keeps its images
 */
public record EngineFacts(
    String platform,
    String version,
    String apiVersion,
    boolean liveRestore,
    long freeDiskBytes,
    long availableMemoryBytes) {}
