package dev.bumpless.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.manifest.UpgradePolicy;
import dev.bumpless.manifest.UpgradePolicy.Overlap;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import dev.bumpless.protocol.Release.PlatformImage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReleaseNeedsTest {
  private static final long MEBI = 1L << 20;
  private static final String MACHINE = "linux/arm64";
  private static final Map<String, PlatformImage> IMAGE =
      Map.of(
          "linux/arm64/v8", new PlatformImage(Samples.DIGEST, 100 * MEBI),
          "linux/amd64", new PlatformImage(Samples.DIGEST, 900 * MEBI));

  private static App app(int replicas, Strategy strategy, Overlap overlap) {
    App plain = Samples.app("pump");
    Duration hold = UpgradePolicy.DEFAULT.hold();
    return new App(
        plain.name(),
        plain.containers(),
        plain.ports(),
        plain.health(),
        plain.probe(),
        replicas,
        new UpgradePolicy(strategy, overlap, hold, Duration.ZERO, Duration.ZERO),
        plain.state(),
        plain.waivers());
  }

  private static ReleaseNeeds needs(App app) {
    return new ReleaseNeeds("pump@2", app, Map.of("main", IMAGE, "side", IMAGE));
  }

  @Test
  void diskHasToHoldWhatIsMissingUnpackedAndAReserve() {
    ReleaseNeeds needs = needs(Samples.app("pump"));

    assertThat(needs.diskShortage(image -> true, MACHINE, 428 * MEBI)).isEmpty();
    assertThat(needs.diskShortage(image -> true, MACHINE, 428 * MEBI - 1))
        .contains(
            "the images of pump@2 need 428 MiB of disk beside those that serve (100 MiB compressed,"
                + " unpacked about 3 times that, and 128 MiB in reserve), 428 MiB are free: free"
                + " some, or make the images smaller");
    assertThat(needs.diskShortage(image -> false, MACHINE, 0)).isEmpty();
    assertThat(needs.diskShortage(image -> true, "linux/riscv64", 0)).isEmpty();
  }

  @Test
  void anImageOfTwoContainersIsPulledOnce() {
    App plain = Samples.app("pump");
    Container main = plain.containers().get(0);
    ImageRef other = ImageRef.parse("127.0.0.1:5000/side:1@" + Samples.DIGEST);

    assertThat(needs(with(plain, main.image())).diskShortage(i -> true, MACHINE, 428 * MEBI))
        .isEmpty();
    assertThat(needs(with(plain, other)).diskShortage(i -> true, MACHINE, 428 * MEBI)).isPresent();
  }

  private static App with(App plain, ImageRef side) {
    Container main = plain.containers().get(0);
    Container second =
        new Container(
            "side",
            side,
            List.of(),
            List.of(),
            Optional.empty(),
            Map.of(),
            List.of(),
            List.of(),
            main.resources(),
            main.security(),
            main.dependsOn());
    return plain.withContainers(List.of(main, second));
  }

  @ParameterizedTest
  @CsvSource({
    "BLUE_GREEN, FULL, false, 3",
    "BLUE_GREEN, FULL, true, 3",
    "ROLLING, FULL, false, 3",
    "ROLLING, FULL, true, 1"
  })
  void instancesRunBesideWhatServes(
      Strategy strategy, Overlap overlap, boolean isServed, int instances) {
    assertThat(needs(app(3, strategy, overlap)).instances(isServed)).isEqualTo(instances);
  }

  @ParameterizedTest
  @CsvSource({"FULL, false, 1", "FULL, true, 1", "NONE, false, 1", "NONE, true, 0"})
  void whatMustRunAloneNeedsNothingBesideWhatServes(
      Overlap overlap, boolean isServed, int instances) {
    assertThat(needs(app(1, Strategy.BLUE_GREEN, overlap)).instances(isServed))
        .isEqualTo(instances);
  }

  @Test
  void memoryHasToHoldTheLimitsAndAReserve() {
    ReleaseNeeds needs = needs(Samples.app("pump"));

    assertThat(needs.memoryShortage(2, 192 * MEBI)).isEmpty();
    assertThat(needs.memoryShortage(2, 100 * MEBI))
        .contains(
            "2 instance(s) of pump beside what serves need 192 MiB of memory (their limits, and 64"
                + " MiB in reserve), 100 MiB are available: lower 'resources.memory', stop another"
                + " app, or use 'strategy: rolling' where there are replicas");
    assertThat(needs.memoryShortage(0, 63 * MEBI)).isPresent();
  }
}
