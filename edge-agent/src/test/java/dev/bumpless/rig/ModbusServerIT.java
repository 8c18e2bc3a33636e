package dev.bumpless.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import dev.bumpless.agent.docker.DockerImages;
import dev.bumpless.agent.docker.EngineSpace;
import dev.bumpless.agent.docker.LoopbackRegistry;
import dev.bumpless.manifest.ImageRef;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The images of the servers hold all that the servers need. */
class ModbusServerIT {
  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void two_versions_run_as_containers(ModbusServer server) throws Exception {
    try (LoopbackRegistry registry = LoopbackRegistry.start(folder.resolve("registry"));
        EngineSpace space = EngineSpace.open(folder.resolve("state"))) {
      space.forget(registry);
      for (int version = 1; version <= 2; version++) {
        ImageRef image = registry.push("modbus/server", "" + version, server.image(version));
        new DockerImages(space.connection(), space.settings())
            .pull(image, (done, total) -> {}, () -> false);
        String address = start(space, image);
        int expected = version;
        await()
            .atMost(Duration.ofSeconds(30))
            .ignoreExceptionsInstanceOf(IOException.class)
            .untilAsserted(() -> assertThat(versionOf(address)).isEqualTo(expected));
      }
    }
  }

  private static String start(EngineSpace space, ImageRef image) throws Exception {
    DockerClient docker = space.client();
    String id =
        docker
            .createContainerCmd(image.pullName())
            .withLabels(Map.of("dev.bumpless.space", space.settings().space()))
            .exec()
            .getId();
    docker.startContainerCmd(id).exec();
    return docker
        .inspectContainerCmd(id)
        .exec()
        .getNetworkSettings()
        .getNetworks()
        .get("bridge")
        .getIpAddress();
  }

  private static int versionOf(String address) throws IOException, InterruptedException {
    String register = "" + ModbusServer.VERSION;
    String port = "" + ModbusServer.PORT;
    String printed =
        Command.run(
            "mbpoll", "-m", "tcp", "-t", "4", "-0", "-r", register, "-1", "-p", port, address);
    String value =
        printed.substring(printed.indexOf("[" + register + "]:") + 2 + register.length());
    return Integer.parseInt(value.substring(1).strip().split("\\s", -1)[0]);
  }
}
