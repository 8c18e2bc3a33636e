package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.HealthCheck;
import dev.bumpless.manifest.Hook;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.manifest.Opening;
import dev.bumpless.manifest.Port;
import dev.bumpless.manifest.ProbePolicy;
import dev.bumpless.manifest.RegisterRange;
import dev.bumpless.manifest.StatePolicy;
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
import java.util.TreeSet;
import java.util.UUID;

/** Apps, releases and orders for tests. */
public final class Apps {
  public static final AppName PUMP = new AppName("pump");
  public static final DeviceId DEVICE = new DeviceId("dev-1");
  private static final Instant ISSUED = Instant.parse("2026-01-01T00:00:00Z");

  private Apps() {}

  public static App app(AppName name, long counter, int replicas, Strategy strategy, int listen) {
    String digest = "sha256:%064x".formatted(counter);
    ImageRef image = ImageRef.parse("127.0.0.1:5000/" + name + ":1").withDigest(digest);
    return new App(
        name,
        List.of(container("web", image, List.of(), Set.of())),
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

  private static Container container(
      String name, ImageRef image, List<Container.Volume> volumes, Set<String> dependsOn) {
    return new Container(
        name,
        image,
        List.of(),
        List.of(),
        Optional.empty(),
        Map.of(),
        volumes,
        List.of(),
        new Container.Resources(64L << 20, 0, Container.Resources.DEFAULT_PIDS),
        Container.Security.DEFAULT,
        dependsOn);
  }

  /** The same with a container {@code db} that {@code web} needs and that nobody probes. */
  public static App twin(App app) {
    ImageRef image = app.containers().get(0).image();
    return new App(
        app.name(),
        List.of(
            container("web", image, app.containers().get(0).volumes(), Set.of("db")),
            container("db", image, List.of(), Set.of())),
        app.ports(),
        app.health(),
        app.probe(),
        app.replicas(),
        app.upgrade(),
        app.state(),
        app.waivers());
  }

  /** The same with {@code db} probed too. */
  public static App probedTwin(App app) {
    App twin = twin(app);
    return new App(
        twin.name(),
        twin.containers(),
        twin.ports(),
        List.of(app.health().get(0), new HealthCheck.Tcp("db", 5432)),
        twin.probe(),
        twin.replicas(),
        twin.upgrade(),
        twin.state(),
        twin.waivers());
  }

  /** A Modbus server whose registers are carried. */
  public static App modbus(App app) {
    Port port = app.ports().get(0);
    return new App(
        app.name(),
        app.containers(),
        List.of(
            new Port(
                port.address(),
                port.listen(),
                port.container(),
                port.target(),
                Port.Protocol.MODBUS)),
        app.health(),
        app.probe(),
        1,
        new UpgradePolicy(
            Strategy.BLUE_GREEN,
            Overlap.FULL,
            app.upgrade().hold(),
            app.upgrade().drain(),
            app.upgrade().bake()),
        List.of(
            new StatePolicy.Modbus(
                Optional.empty(),
                new TreeSet<>(Set.of(1)),
                List.of(new RegisterRange(RegisterRange.Table.HOLDING, 0, 9)),
                List.of(),
                List.of(),
                StatePolicy.ReadOnly.IGNORE)),
        app.waivers());
  }

  /** An app that starts passive, and whose state is carried by commands. */
  public static App standby(App app) {
    return stateful(
        app,
        Overlap.STANDBY,
        Duration.ofSeconds(1),
        new StatePolicy.Exec("web", List.of("save"), List.of("load")),
        List.of(new Hook("web", List.of("act"))),
        List.of(new Hook("web", List.of("rest"))));
  }

  /** An app of which only one may run, with volumes of its own for each slot. */
  public static App alone(App app) {
    Container web = app.containers().get(0);
    List<Container.Volume> data = List.of(new Container.Volume("data", "/data", false));
    return stateful(
        app.withContainers(List.of(container("web", web.image(), data, Set.of()))),
        Overlap.NONE,
        Duration.ofSeconds(20),
        new StatePolicy.ExclusiveVolume(),
        List.of(),
        List.of());
  }

  private static App stateful(
      App app,
      Overlap overlap,
      Duration hold,
      StatePolicy state,
      List<Hook> promote,
      List<Hook> demote) {
    UpgradePolicy policy = app.upgrade();
    return new App(
        app.name(),
        app.containers(),
        app.ports(),
        app.health(),
        app.probe(),
        1,
        new UpgradePolicy(
            Strategy.BLUE_GREEN,
            overlap,
            hold,
            policy.drain(),
            policy.bake(),
            Optional.empty(),
            promote,
            demote),
        List.of(state),
        app.waivers());
  }

  /** The release of that counter of a one-instance app of two containers. */
  public static Release twin(long counter) {
    return release(twin(app(PUMP, counter, 1, Strategy.BLUE_GREEN, 1880)), counter);
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
    UpgradePolicy policy = release.app().upgrade();
    App quick =
        with(
            release.app(),
            new ProbePolicy(
                Duration.ofMillis(500), Duration.ofSeconds(2), 3, Duration.ofSeconds(2)),
            new UpgradePolicy(
                policy.strategy(),
                policy.overlap(),
                policy.hold(),
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                policy.gap(),
                policy.promote(),
                policy.demote()));
    return release(quick, release.id().counter());
  }

  static App with(App app, ProbePolicy probe, UpgradePolicy upgrade) {
    return new App(
        app.name(),
        app.containers(),
        app.ports(),
        app.health(),
        probe,
        app.replicas(),
        upgrade,
        app.state(),
        app.waivers());
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

  /** Its rollout asks for it anew, after it failed. */
  public static Desired retry(long sequence, Desired desired, int attempt) {
    Order o = desired.order();
    Release release = desired.release().orElseThrow();
    return new Desired(
        new Order(
            o.id(),
            o.device(),
            sequence,
            o.issuedAt(),
            o.expires(),
            new Order.Run(new Revision(release.id(), attempt), "00")),
        desired.release());
  }

  /** The same order again, which now waits for nobody. */
  public static Desired forced(long sequence, Desired desired) {
    return saidAgain(sequence, desired, Optional.of(Order.Terms.FORCED));
  }

  /** The same order again, which begins inside of these alone. */
  public static Desired inside(long sequence, Desired desired, Opening opening) {
    return saidAgain(sequence, desired, Optional.of(Order.Terms.inside(opening)));
  }

  /** The same order again, which is taken back now. */
  public static Desired cancelled(long sequence, Desired desired) {
    return saidAgain(
        sequence, desired, Optional.of(Order.Terms.cancelled("the rollout is PAUSED: by hand")));
  }

  static Desired saidAgain(long sequence, Desired desired, Optional<Order.Terms> terms) {
    Order o = desired.order();
    return new Desired(
        new Order(o.id(), o.device(), sequence, o.issuedAt(), o.expires(), o.action(), terms),
        desired.release());
  }

  private static Order order(long sequence, Order.Action action) {
    return new Order(
        new UUID(7, sequence), DEVICE, sequence, ISSUED, ISSUED.plus(Duration.ofDays(1)), action);
  }

  public static InstanceKey key(Slot slot, int number) {
    return new InstanceKey(PUMP, slot, number);
  }
}
