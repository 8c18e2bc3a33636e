package dev.bumpless.agent.docker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.EngineException.Kind;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine dies and comes back while an agent is connected to it. */
class EngineRestartIT {
  @Test
  void calls_fail_while_the_engine_is_gone_and_the_first_one_after_it_succeeds(@TempDir Path folder)
      throws Exception {
    try (PrivateEngine private_ = PrivateEngine.startOnDiskOf(folder, 32);
        DockerConnection connection = new DockerConnection(private_.socket())) {
      DockerEngine engine =
          new DockerEngine(
              connection,
              new DockerSettings(
                  private_.socket(),
                  "test",
                  Subnet.parse("10.255.1.0/24"),
                  Optional.empty(),
                  folder));
      AtomicInteger told = new AtomicInteger();
      try (AutoCloseable watching = engine.watch(told::incrementAndGet)) {
        assertThat(watching).isNotNull();
        assertThat(engine.list()).isEmpty();
        Awaitility.await().atMost(10, SECONDS).until(() -> told.get() > 0);

        private_.kill();
        assertThatThrownBy(engine::list)
            .isInstanceOfSatisfying(
                EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TRANSIENT))
            .hasMessageContaining("the engine cannot be reached");
        private_.up();

        assertThat(engine.list()).isEmpty();
        int before = told.get();
        Awaitility.await().atMost(60, SECONDS).until(() -> told.get() > before);
      }
    }
  }

  @Test
  void pooled_connections_that_died_with_the_engine_are_not_noticed_by_the_caller(
      @TempDir Path folder) throws Exception {
    try (PrivateEngine private_ = PrivateEngine.startOnDiskOf(folder, 32);
        DockerConnection connection = new DockerConnection(private_.socket())) {
      String before = connection.call("asking", client -> client.infoCmd().exec().getId());
      private_.kill();
      private_.up();

      String volume =
          connection.call(
              "making a volume",
              client -> client.createVolumeCmd().withName("after").exec().getName());
      assertThat(volume).isEqualTo("after");
      String now = connection.call("asking", client -> client.infoCmd().exec().getId());
      assertThat(now).isEqualTo(before);
    }
  }
}
