package dev.bumpless.controller.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bumpless.controller.SomeApps;
import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.problem.Problem.Code;
import dev.bumpless.controller.problem.ProblemException;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Port;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.DeviceReport.Inventory;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.Release.PlatformImage;
import dev.bumpless.protocol.ReleaseId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreflightTest {
  private static final DeviceId DEVICE = new DeviceId("dev-1");
  private static final String DIGEST = "sha256:" + "0".repeat(64);

  /** As the device itself sees it; what it is made of is unknown while its engine is away. */
  @ParameterizedTest
  @CsvSource({
    "linux/arm/v7, linux/arm/v6, true",
    "linux/arm/v6, linux/arm/v7, false",
    "linux/arm64/v8, linux/arm64, true",
    "linux/arm64, linux/arm/v7, false",
    "linux/amd64, linux/arm64, false",
    "unknown, linux/arm64, true"
  })
  void imagesHaveToBeMadeForTheMachine(String machine, String image, boolean fits) {
    Release release = release("pump", image, port("", Port.Protocol.TCP));

    Optional<Code> refused = check(release, machine, List.of());

    assertThat(refused).isEqualTo(fits ? Optional.empty() : Optional.of(Code.UNSUPPORTED));
  }

  /** Where an app names no address only the device knows on which it listens. */
  @ParameterizedTest
  @CsvSource({
    "'', TCP, '', TCP, true",
    "'', TCP, '', UDP, true",
    "'', TCP, 0.0.0.0, TCP, true",
    "'', TCP, 192.0.2.1, TCP, false",
    "0.0.0.0, TCP, 192.0.2.1, TCP, true",
    "192.0.2.1, TCP, 0.0.0.0, HTTP, true",
    "192.0.2.1, TCP, 192.0.2.2, TCP, false",
    "192.0.2.1, UDP, 192.0.2.1, UDP, true"
  })
  void aPortIsTakenWhereBothWouldListenOnIt(
      String address, Port.Protocol protocol, String other, Port.Protocol others, boolean taken) {
    Release release = release("pump", "linux/amd64", port(address, protocol));
    Release there = release("valve", "linux/amd64", port(other, others));

    Optional<Code> refused = check(release, "linux/amd64", List.of(there));

    assertThat(refused).isEqualTo(taken ? Optional.of(Code.CONFLICT) : Optional.empty());
  }

  private static Optional<Code> check(Release release, String machine, List<Release> others) {
    Inventory inventory = new Inventory(machine, "20.10.24", "0.1.0", 1L << 30, 1L << 30);
    DeviceReport report =
        new DeviceReport(
            DEVICE, UUID.randomUUID(), 1, Instant.EPOCH, inventory, Map.of(), List.of(), List.of());
    Device device =
        new Device(DEVICE, Optional.empty(), true, Optional.empty(), Map.of(), Optional.of(report));
    return Optional.ofNullable(
            catchThrowableOfType(
                ProblemException.class, () -> Preflight.check(release, device, others)))
        .map(e -> e.problem().code());
  }

  private static Port port(String address, Port.Protocol protocol) {
    Optional<String> given = Optional.of(address).filter(a -> !a.isEmpty());
    return new Port(given, 502, "main", 80, protocol);
  }

  private static Release release(String name, String platform, Port port) {
    App plain = SomeApps.app(name, "reg.example/app@" + DIGEST, 502);
    App app =
        new App(
            plain.name(),
            plain.containers(),
            List.of(port),
            plain.health(),
            plain.probe(),
            plain.replicas(),
            plain.upgrade(),
            plain.state(),
            plain.waivers());
    PlatformImage image = new PlatformImage(DIGEST, 1);
    return new Release(
        new ReleaseId(app.name(), 1),
        0,
        app,
        Map.of("main", Map.of(platform, image)),
        Instant.EPOCH);
  }
}
