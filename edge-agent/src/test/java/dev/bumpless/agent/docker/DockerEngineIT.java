package dev.bumpless.agent.docker;

import dev.bumpless.agent.swap.ContainerEngine;
import dev.bumpless.agent.swap.ContainerEngineContract;
import dev.bumpless.agent.swap.ObservedContainer;
import dev.bumpless.manifest.ImageRef;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract on this machine's engine. */
class DockerEngineIT extends ContainerEngineContract {
  @TempDir private static Path folder;
  private static ImageRef image;

  private EngineSpace space;

  @BeforeAll
  static void pull() throws Exception {
    try (LoopbackRegistry registry = LoopbackRegistry.start(folder.resolve("registry"));
        EngineSpace space = EngineSpace.open(folder.resolve("state"))) {
      image = registry.push("contract/tiny", "1", TinyImage.named("tiny"));
      new DockerImages(space.connection(), space.settings())
          .pull(image, (done, total) -> {}, () -> false);
    }
  }

  @AfterAll
  static void removeImage() throws Exception {
    try (EngineSpace space = EngineSpace.open(folder.resolve("state"))) {
      space.client().removeImageCmd(image.pullName()).withForce(true).exec();
    }
  }

  @BeforeEach
  void open() {
    space = EngineSpace.open(folder.resolve("state"));
  }

  @AfterEach
  void close() throws Exception {
    space.close();
  }

  @Override
  protected ContainerEngine engine() {
    return new DockerEngine(space.connection(), space.settings());
  }

  @Override
  protected ImageRef image() {
    return image;
  }

  @Override
  protected void crash(ObservedContainer container) throws Exception {
    new DockerExec(space.connection()).run(container.id(), TinyImage.CRASH, Duration.ofSeconds(5));
  }
}
