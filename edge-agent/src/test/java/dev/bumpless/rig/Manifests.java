package dev.bumpless.rig;

import dev.bumpless.agent.docker.TinyImage;
import dev.bumpless.agent.swap.Desired;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.HealthCheck;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.manifest.Port;
import dev.bumpless.manifest.ProbePolicy;
import dev.bumpless.manifest.UpgradePolicy;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.Release.PlatformImage;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The manifest of the {@link TestApp}, and the order that puts it up on a {@link RigDevice}. */
final class Manifests {
  private static final DeviceId DEVICE = new DeviceId("rig");

  private Manifests() {}

  static App app(
      ImageRef image,
      Map<String, String> env,
      int httpPort,
      int tcpPort,
      ProbePolicy probe,
      Duration drain,
      Duration bake) {
    Container container =
        new Container(
            "web",
            image,
            List.of(),
            List.of(),
            Optional.empty(),
            env,
            List.of(),
            List.of(),
            new Container.Resources(32L << 20, 0, Container.Resources.DEFAULT_PIDS),
            Container.Security.DEFAULT,
            Set.of());
    return new App(
        RigDevice.APP,
        List.of(container),
        List.of(
            new Port(Optional.empty(), httpPort, "web", TestApp.PORT, Port.Protocol.HTTP),
            new Port(Optional.empty(), tcpPort, "web", TestApp.TCP_PORT, Port.Protocol.TCP)),
        List.of(new HealthCheck.Http("web", TestApp.PORT, "/health")),
        probe,
        1,
        new UpgradePolicy(
            UpgradePolicy.Strategy.BLUE_GREEN,
            UpgradePolicy.Overlap.FULL,
            Duration.ofMillis(250),
            drain,
            bake),
        List.of(),
        Set.of());
  }

  static App waiving(App app, String rule) {
    return new App(
        app.name(),
        app.containers(),
        app.ports(),
        app.health(),
        app.probe(),
        app.replicas(),
        app.upgrade(),
        app.state(),
        Set.of(rule));
  }

  /** To run it as the release of that number. */
  static Desired order(App app, long sequence) {
    Instant now = Instant.now();
    Release release = new Release(new ReleaseId(app.name(), sequence), 0, app, platforms(app), now);
    Order order =
        new Order(
            new UUID(1, sequence),
            DEVICE,
            sequence,
            now,
            now.plus(Duration.ofDays(1)),
            new Order.Run(new Revision(release.id(), 1), "00"));
    return new Desired(order, Optional.of(release));
  }

  /** The same order, said again, which waits for nobody. */
  static Desired forced(Desired desired, long sequence) {
    Order order = desired.order();
    return new Desired(
        new Order(
            order.id(),
            order.device(),
            sequence,
            order.issuedAt(),
            order.expires(),
            order.action(),
            Optional.of(Order.Terms.FORCED)),
        desired.release());
  }

  private static Map<String, Map<String, PlatformImage>> platforms(App app) {
    String own = TinyImage.own();
    String platform = "linux/" + (own.equals("arm64") ? "arm64/v8" : own);
    String digest = app.containers().get(0).image().digest().orElseThrow();
    return Map.of("web", Map.of(platform, new PlatformImage(digest, 1L << 20)));
  }
}
