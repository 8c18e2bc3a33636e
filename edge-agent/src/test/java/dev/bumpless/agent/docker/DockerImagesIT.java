package dev.bumpless.agent.docker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.EngineException.Kind;
import dev.bumpless.manifest.ImageRef;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulling from real registries on loopback, and giving images back. */
class DockerImagesIT {
  @TempDir private static Path folder;
  private static LoopbackRegistry registry;
  private static LoopbackRegistry guarded;

  private final List<ImageRef> pushed = new ArrayList<>();
  private EngineSpace space;
  private DockerImages images;

  @BeforeAll
  static void startRegistries() throws Exception {
    registry = LoopbackRegistry.start(folder.resolve("registry"));
    guarded = LoopbackRegistry.startGuarded(folder.resolve("guarded"));
  }

  @AfterAll
  static void stopRegistries() {
    registry.close();
    guarded.close();
  }

  @BeforeEach
  void open(@TempDir Path state) {
    space = EngineSpace.open(state);
    images = new DockerImages(space.connection(), space.settings());
  }

  @AfterEach
  void close() throws Exception {
    for (ImageRef image : pushed) {
      if (images.has(image)) {
        space.client().removeImageCmd(image.pullName()).withForce(true).exec();
      }
    }
    space.close();
  }

  @Test
  void a_pull_by_digest_tells_its_progress_and_brings_the_image() throws Exception {
    ImageRef image = push("a", TinyImage.named("a").withBallast(20 << 20));
    List<long[]> progress = new ArrayList<>();
    assertThat(images.has(image)).isFalse();

    images.pull(image, (done, total) -> progress.add(new long[] {done, total}), () -> false);

    assertThat(images.has(image)).isTrue();
    assertThat(progress).isNotEmpty();
    assertThat(progress.get(progress.size() - 1))
        .satisfies(
            last -> {
              assertThat(last[0]).isEqualTo(last[1]);
              assertThat(last[1]).isGreaterThan(20 << 20);
            });
  }

  @Test
  void an_image_that_is_there_is_not_asked_of_the_registry_again() throws Exception {
    ImageRef image = push("b", TinyImage.named("b"));
    pull(image);
    registry.down();
    try {
      pull(image);
    } finally {
      registry.up();
    }
  }

  @Test
  void the_digest_is_pulled_though_the_tag_has_moved_on() throws Exception {
    ImageRef old = push("moving", TinyImage.named("old"));
    ImageRef moved = push("moving", TinyImage.named("new"));
    assertThat(moved.tag()).isEqualTo(old.tag());

    pull(old);

    assertThat(images.has(old)).isTrue();
    assertThat(images.has(moved)).isFalse();
  }

  @Test
  void an_image_that_the_registry_does_not_have_is_permanent() throws Exception {
    ImageRef image = push("c", TinyImage.named("c"));

    failing(
        Kind.PERMANENT,
        () -> pull(image.withDigest("sha256:" + "1".repeat(64))),
        "1".repeat(64),
        "The registry does not have it");
    ImageRef nowhere =
        ImageRef.parse(registry.host() + "/nowhere").withDigest("sha256:" + "2".repeat(64));
    failing(Kind.PERMANENT, () -> pull(nowhere), "nowhere", "The registry does not have it");
  }

  @Test
  void a_registry_that_is_down_is_transient() throws Exception {
    ImageRef image = push("d", TinyImage.named("d"));
    registry.down();
    try {
      failing(Kind.TRANSIENT, () -> pull(image), registry.host(), "cannot be reached");
    } finally {
      registry.up();
    }
    pull(image);
    assertThat(images.has(image)).isTrue();
  }

  @Test
  void a_guarded_registry_is_pulled_from_with_the_right_account_only() throws Exception {
    ImageRef image = guarded.push("locked", "1", TinyImage.named("locked"));
    pushed.add(image);

    failing(Kind.PERMANENT, () -> pull(image), "locked", "check the credentials");
    failing(
        Kind.PERMANENT, () -> withAccount("plant:wrong", image), "locked", "check the credentials");

    withAccount(LoopbackRegistry.USER + ":" + LoopbackRegistry.PASSWORD, image);
    assertThat(images.has(image)).isTrue();
  }

  @Test
  void an_image_for_another_processor_is_permanent_and_does_not_stay() throws Exception {
    String foreign = TinyImage.own().equals("arm64") ? "amd64" : "arm64";
    ImageRef image = push("foreign", TinyImage.named("foreign").withArchitecture(foreign));
    ImageRef index = registry.pushIndex(image.repository(), "all", Map.of(foreign, image));
    pushed.add(index);

    failing(Kind.PERMANENT, () -> pull(image), "linux/" + foreign, "Build it for that platform");
    assertThat(images.has(image)).isFalse();
    failing(Kind.PERMANENT, () -> pull(index), "foreign", "not made for this device");
    assertThat(images.has(index)).isFalse();
  }

  @Test
  void of_an_index_the_own_platform_is_pulled_and_found_under_the_index_digest() throws Exception {
    ImageRef own = push("multi", TinyImage.named("own"));
    ImageRef other = push("multi", TinyImage.named("other").withArchitecture("riscv64"));
    ImageRef index =
        registry.pushIndex(own.repository(), "all", Map.of(TinyImage.own(), own, "riscv64", other));
    pushed.add(index);

    pull(index);

    assertThat(images.has(index)).isTrue();
  }

  @Test
  void a_cancelled_pull_ends_soon_and_can_be_made_again() throws Exception {
    ImageRef image = push("big", TinyImage.named("big").withBallast(8 << 20));
    try (StoppingProxy proxy = new StoppingProxy(registry, 64 << 10)) {
      ImageRef slow = through(proxy, image);

      failing(
          Kind.TRANSIENT,
          () -> images.pull(slow, (d, t) -> {}, () -> proxy.stuck().getCount() == 0),
          "big",
          "cancelled");
    }
    pull(image);
    assertThat(images.has(image)).isTrue();
  }

  @Test
  void a_pull_that_stands_still_is_given_up() throws Exception {
    ImageRef image = push("stuck", TinyImage.named("stuck").withBallast(8 << 20));
    DockerImages impatient =
        new DockerImages(space.connection(), space.settings(), Duration.ofSeconds(2));
    try (StoppingProxy proxy = new StoppingProxy(registry, 64 << 10)) {
      failing(
          Kind.TRANSIENT,
          () -> impatient.pull(through(proxy, image), (d, t) -> {}, () -> false),
          "stuck",
          "nothing has moved for 2 s");
    }
  }

  @Test
  void collecting_removes_what_this_agent_pulled_and_nobody_needs() throws Exception {
    ImageRef kept = push("kept", TinyImage.named("kept"));
    ImageRef used = push("used", TinyImage.named("used"));
    ImageRef idle = push("idle", TinyImage.named("idle"));
    ImageRef foreign = push("foreigner", TinyImage.named("foreigner"));
    pull(kept);
    pull(used);
    pull(idle);
    space.client().pullImageCmd(foreign.pullName()).start().awaitCompletion(30, SECONDS);
    pull(foreign);
    space
        .client()
        .createContainerCmd(used.pullName())
        .withLabels(Map.of(Labels.SPACE, space.settings().space()))
        .exec();

    DockerImages afterRestart = new DockerImages(space.connection(), space.settings());
    afterRestart.collect(Set.of(kept));

    assertThat(images.has(kept)).isTrue();
    assertThat(images.has(used)).isTrue();
    assertThat(images.has(foreign)).isTrue();
    assertThat(images.has(idle)).isFalse();
    afterRestart.collect(Set.of());
    assertThat(images.has(kept)).isFalse();
    assertThat(images.has(used)).isTrue();
  }

  @Test
  void a_disk_that_is_full_is_permanent_and_said_so(@TempDir Path engineFolder) throws Exception {
    ImageRef image = push("ballast", TinyImage.named("ballast").withBallast(48 << 20));
    try (PrivateEngine engine = PrivateEngine.startOnDiskOf(engineFolder, 32);
        DockerConnection connection = new DockerConnection(engine.socket())) {
      DockerImages cramped = new DockerImages(connection, space.settings());

      failing(
          Kind.PERMANENT,
          () -> cramped.pull(image, (d, t) -> {}, () -> false),
          "ballast",
          "disk of the engine is full");
      assertThat(cramped.has(image)).isFalse();
    }
  }

  @Test
  void a_pull_from_an_engine_that_is_not_there_is_transient() throws Exception {
    ImageRef image = push("e", TinyImage.named("e"));
    try (DockerConnection nowhere =
        new DockerConnection(java.net.URI.create("unix://" + folder.resolve("missing.sock")))) {
      DockerImages none = new DockerImages(nowhere, space.settings());

      failing(
          Kind.TRANSIENT,
          () -> none.pull(image, (d, t) -> {}, () -> false),
          "the engine cannot be reached",
          "Start the engine");
    }
  }

  private ImageRef push(String repository, TinyImage image) throws Exception {
    ImageRef reference = registry.push(space.settings().space() + "/" + repository, "1", image);
    pushed.add(reference);
    return reference;
  }

  private void pull(ImageRef image) throws EngineException {
    images.pull(image, (done, total) -> {}, () -> false);
  }

  private ImageRef through(StoppingProxy proxy, ImageRef image) {
    ImageRef other = new ImageRef(proxy.host(), image.repository(), image.tag(), image.digest());
    pushed.add(other);
    return other;
  }

  private void withAccount(String pair, ImageRef image) throws Exception {
    String auth = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    Path file =
        Files.writeString(
            space.settings().state().resolve("accounts.json"),
            "{\"auths\":{\"" + guarded.host() + "\":{\"auth\":\"" + auth + "\"}}}");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    DockerSettings settings = space.settings();
    DockerSettings withFile =
        new DockerSettings(
            settings.host(),
            settings.space(),
            settings.subnet(),
            Optional.of(file),
            settings.state());
    new DockerImages(space.connection(), withFile).pull(image, (d, t) -> {}, () -> false);
  }

  private static void failing(Kind kind, ThrowingCallable call, String... words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind))
        .hasMessageContainingAll(words);
  }
}
