package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.HealthCheck;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.manifest.Port;
import dev.bumpless.manifest.ProbePolicy;
import dev.bumpless.manifest.UpgradePolicy;
import dev.bumpless.manifest.UpgradePolicy.Overlap;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
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

/** Apps, releases and orders for tests. */
public final class Apps {
  public static final AppName PUMP = new AppName("pump");
  public static final DeviceId DEVICE = new DeviceId("dev-1");
  private static final Instant ISSUED = Instant.parse("2026-01-01T00:00:00Z");

  private Apps() {}

  public static App app(AppName name, long counter, int replicas, Strategy strategy, int listen) {
    String digest = "sha256:%064x".formatted(counter);
    Container web =
        new Container(
            "web",
            ImageRef.parse("127.0.0.1:5000/" + name + ":1").withDigest(digest),
            List.of(),
            List.of(),
            Optional.empty(),
            Map.of(),
            List.of(),
            List.of(),
            new Container.Resources(64L << 20, 0, Container.Resources.DEFAULT_PIDS),
            Container.Security.DEFAULT,
            Set.of());
    return new App(
        name,
        List.of(web),
        List.of(new Port(Optional.empty(), listen, "web", 8080, Port.Protocol.HTTP)),
        List.of(new HealthCheck.Http("web", 8080, "/")),
        ProbePolicy.DEFAULT,
        replicas,
        new UpgradePolicy(
            strategy,
            Overlap.FULL,
            Duration.ofMillis(250),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30)),
        List.of(),
        Set.of());
  }

  public static Release release(App app, long counter) {
    return new Release(
        new ReleaseId(app.name(), counter),
        1,
        app,
        Map.of("web", Map.of("linux/amd64", new PlatformImage("sha256:aa", 10L << 20))),
        ISSUED);
  }

  /** The same with short waits, for tests that play it a thousand times. */
  public static Release quick(Release release) {
    App app = release.app();
    App quick =
        new App(
            app.name(),
            app.containers(),
            app.ports(),
            app.health(),
            new ProbePolicy(
                Duration.ofMillis(500), Duration.ofSeconds(2), 3, Duration.ofSeconds(2)),
            app.replicas(),
            new UpgradePolicy(
                app.upgrade().strategy(),
                Overlap.FULL,
                Duration.ofMillis(250),
                Duration.ofSeconds(3),
                Duration.ofSeconds(5)),
            app.state(),
            app.waivers());
    return release(quick, release.id().counter());
  }

  /** The release of that counter of a one-instance app. */
  public static Release release(long counter) {
    return release(app(PUMP, counter, 1, Strategy.BLUE_GREEN, 1880), counter);
  }

  public static Desired run(long sequence, Release release, int attempt) {
    return new Desired(
        order(sequence, new Order.Run(new Revision(release.id(), attempt), "00")),
        Optional.of(release));
  }

  public static Desired stop(long sequence, AppName app) {
    return new Desired(order(sequence, new Order.Stop(app)), Optional.empty());
  }

  public static Desired delete(long sequence, AppName app) {
    return new Desired(order(sequence, new Order.Delete(app)), Optional.empty());
  }

  private static Order order(long sequence, Order.Action action) {
    return new Order(
        new UUID(7, sequence), DEVICE, sequence, ISSUED, ISSUED.plus(Duration.ofDays(1)), action);
  }

  public static InstanceKey key(Slot slot, int number) {
    return new InstanceKey(PUMP, slot, number);
  }
}
