package dev.bumpless.agent.docker;

import static java.util.Objects.requireNonNullElse;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.MemoryStatsConfig;
import com.github.dockerjava.api.model.Statistics;
import com.github.dockerjava.api.model.StatsConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.transport.DockerHttpClient;
import dev.bumpless.agent.swap.MemoryUse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a container's memory once. The library has no word for {@code one-shot}, without which the
 * engine watches the processor for a second or two before it answers.
 *
 * @see <a href="https://docs.docker.com/reference/api/engine/version/v1.41/">ContainerStats</a>
 */
final class MemoryReading {
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;

  private MemoryReading() {}

  /** Empty where it does not run. */
  static Optional<MemoryUse> of(DockerClient client, String id, String container) {
    MemoryStatsConfig memory = ask(((DockerClientImpl) client).getHttpClient(), id);
    if (memory == null || memory.getUsage() == null || memory.getLimit() == null) {
      return Optional.empty();
    }
    long used = Math.max(0, memory.getUsage() - cache(memory.getStats()));
    return Optional.of(new MemoryUse(container, used, memory.getLimit()));
  }

  private static @Nullable MemoryStatsConfig ask(DockerHttpClient http, String id) {
    DockerHttpClient.Request request =
        DockerHttpClient.Request.builder()
            .method(DockerHttpClient.Request.Method.GET)
            .path("/containers/" + id + "/stats?stream=false&one-shot=true")
            .build();
    try (DockerHttpClient.Response response = http.execute(request);
        InputStream body = response.getBody()) {
      if (response.getStatusCode() != OK) {
        String why = new String(body.readAllBytes(), StandardCharsets.UTF_8);
        throw response.getStatusCode() == NOT_FOUND
            ? new NotFoundException(why)
            : new DockerException(why, response.getStatusCode());
      }
      return DockerClientConfig.getDefaultObjectMapper()
          .readValue(body, Statistics.class)
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
