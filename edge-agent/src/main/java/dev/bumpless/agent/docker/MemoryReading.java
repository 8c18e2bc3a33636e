package dev.bumpless.agent.docker;

import static java.util.Objects.requireNonNullElse;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.MemoryStatsConfig;
import com.github.dockerjava.api.model.Statistics;
import com.github.dockerjava.api.model.StatsConfig;
import com.github.dockerjava.core.DockerClientConfig;
import dev.bumpless.agent.swap.MemoryUse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a container's memory once. The library has no word for {@code one-shot}, without which the
 * engine watches the processor for a second or two before it answers.
 *
 * @see <a href="https://docs.docker.com/reference/api/engine/version/v1.41/">ContainerStats</a>
 */
final class MemoryReading {
  private MemoryReading() {}

  /** Empty where it does not run. */
  static Optional<MemoryUse> of(DockerClient client, String id, String container) {
    MemoryStatsConfig memory = ask(client, id);
    if (memory == null || memory.getUsage() == null || memory.getLimit() == null) {
      return Optional.empty();
    }
    long used = Math.max(0, memory.getUsage() - cache(memory.getStats()));
    return Optional.of(new MemoryUse(container, used, memory.getLimit()));
  }

  private static @Nullable MemoryStatsConfig ask(DockerClient client, String id) {
    byte[] answer =
        PlainCall.get(client, "/containers/" + id + "/stats?stream=false&one-shot=true");
    try {
      return DockerClientConfig.getDefaultObjectMapper()
          .readValue(answer, Statistics.class)
          .getMemoryStats();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As {@code docker stats} counts: the name differs between cgroup v1 and v2. */
  private static long cache(@Nullable StatsConfig stats) {
    if (stats == null) {
      return 0;
    }
    Long v1 = stats.getTotalInactiveFile();
    return v1 != null ? v1 : requireNonNullElse(stats.getInactiveFile(), 0L);
  }
}
