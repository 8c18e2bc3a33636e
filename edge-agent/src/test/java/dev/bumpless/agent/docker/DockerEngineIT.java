package dev.bumpless.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.ContainerMount;
import dev.bumpless.agent.swap.ContainerEngine;
import dev.bumpless.agent.swap.ContainerEngineContract;
import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.ObservedContainer;
import dev.bumpless.agent.swap.Slot;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.manifest.StatePolicy;
import dev.bumpless.manifest.UpgradePolicy;
import dev.bumpless.manifest.UpgradePolicy.Overlap;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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

  @Test
  void slots_share_volumes_unless_the_manifest_gives_each_its_own() throws Exception {
    ContainerEngine engine = engine();
    engine.create(withVolume(new StatePolicy.SharedVolume()), FIRST, BLUE);
    engine.create(withVolume(new StatePolicy.ExclusiveVolume()), SECOND, GREEN);

    VolumeNames names = new VolumeNames(space.settings().space(), APP);
    assertThat(mounted(BLUE)).containsExactly(names.shared("data"));
    assertThat(mounted(GREEN)).containsExactly(names.own(Slot.GREEN, "data"));
    assertThat(space.client().inspectVolumeCmd(names.own(Slot.GREEN, "data")).exec().getLabels())
        .containsEntry(Labels.SPACE, space.settings().space())
        .containsEntry(Labels.APP, "pump")
        .containsEntry(Labels.SLOT, "green");
  }

  private List<String> mounted(InstanceKey instance) throws Exception {
    return space
        .client()
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(Labels.ofInstance(space.settings().space(), instance))
        .exec()
        .stream()
        .flatMap(container -> container.getMounts().stream())
        .map(ContainerMount::getName)
        .toList();
  }

  private App withVolume(StatePolicy state) throws Exception {
    App plain = app("web");
    Container web = plain.containers().get(0);
    return new App(
        APP,
        List.of(
            new Container(
                web.name(),
                web.image(),
                web.entrypoint(),
                web.command(),
                web.workingDir(),
                web.env(),
                List.of(new Container.Volume("data", "/data", false)),
                web.devices(),
                web.resources(),
                web.security(),
                web.dependsOn())),
        plain.ports(),
        plain.health(),
        plain.probe(),
        1,
        new UpgradePolicy(
            Strategy.BLUE_GREEN,
            state instanceof StatePolicy.ExclusiveVolume ? Overlap.NONE : Overlap.FULL,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30)),
        List.of(state),
        Set.of());
  }
}
