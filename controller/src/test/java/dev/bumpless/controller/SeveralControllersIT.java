package dev.bumpless.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bumpless.controller.Rest.Reply;
import dev.bumpless.controller.enrol.Init;
import dev.bumpless.controller.enrol.TrustDirectory;
import dev.bumpless.controller.link.Ledger;
import dev.bumpless.controller.link.Plant;
import dev.bumpless.controller.registry.FakeRegistryServer;
import dev.bumpless.controller.store.PostgresqlAddress;
import dev.bumpless.controller.store.PostgresqlServer;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.ManifestText;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Order;
import dev.bumpless.transport.PahoTransport;
import dev.bumpless.transport.Tls;
import dev.bumpless.trust.Root;
import dev.bumpless.trust.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two controllers on one PostgreSQL and one Mosquitto, killed again and again by SIGKILL, or frozen
 * for longer than their lease, while a rollout travels through simulated devices. What counts is
 * what the devices heard.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class SeveralControllersIT {
  private static final int PLANTS = 4;
  private static final int SITES = 10;
  private static final int PER_SITE = 8;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @RegisterExtension static final PostgresqlServer SERVER = new PostgresqlServer();

  @TempDir private Path folder;
  private final MessageCodec codec = new MessageCodec(new ManifestText());
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Ledger ledger = new Ledger();
  private final List<String> plants =
      IntStream.range(0, PLANTS).mapToObj(i -> "plant-" + i).toList();
  private FakeRegistryServer registry;
  private MosquittoOfTrust broker;
  private List<ControllerProcess> controllers = List.of();

  @BeforeEach
  void start() throws Exception {
    Path trust = folder.resolve("trust");
    Init.run(trust, plants.stream().map(DeviceId::new).toList(), List.of(), Instant.now());
    registry = opened(new FakeRegistryServer());
    PostgresqlAddress store = SERVER.fresh();
    broker =
        opened(
            new MosquittoOfTrust(folder.resolve("mosquitto"), new TrustDirectory(trust), plants));
    Path password = Files.writeString(folder.resolve("password"), store.password().orElseThrow());
    String settings =
        """
        store: { url: "%s", user: %s, passwordFile: %s }
        broker: { external: "ssl://127.0.0.1:%d" }
        """
            .formatted(store.url(), store.user().orElseThrow(), password, broker.port());
    controllers =
        List.of(
            opened(new ControllerProcess(folder.resolve("one"), trust, settings)),
            opened(new ControllerProcess(folder.resolve("two"), trust, settings)));
    await().atMost(PATIENCE).until(() -> controllers.stream().allMatch(ControllerProcess::isReady));
  }

  @AfterEach
  void stop() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  @Test
  void everyDeviceGetsItsOrderOnceAndNoneIsSkippedWhateverDies() throws Exception {
    List<DeviceId> devices = connect(1_000, 0);
    apply(
        "waves: [ { devices: 10 }, { percent: 30 }, { percent: 100 } ]",
        "failures: 0, perMinute: 600");

    Chaos chaos = new Chaos(20261126);
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> chaos.until(1_000));
    chaos.calm();
    awaitState("FINISHED");

    assertThat(ledger.doubts()).isEmpty();
    assertThat(ledger.ordersOf()).hasSize(1_000).containsOnlyKeys(devices);
    assertThat(ledger.ordersOf().values()).as("orders of each device").containsOnly(1);
    assertThat(ledger.orders()).extracting(Order::sequence).containsOnly(1L);
    assertThat(ledger.mostUnderWay()).as("under way at one site").isBetween(2, PER_SITE);
    assertThat(ledger.mostIn(Duration.ofMinutes(1))).isBetween(100, 600);
    assertThatWavesCameInTurn(devices, 10, 300);
    assertThat(rollout().path("succeeded").asBoolean()).isTrue();
    chaos.assertThatItWasOne();
    chaos.tell("1,000 devices");
  }

  private void assertThatWavesCameInTurn(List<DeviceId> devices, int... ends) {
    List<DeviceId> inTurn = ledger.orders().stream().map(Order::device).toList();
    for (int end : ends) {
      assertThat(inTurn.subList(0, end))
          .as("the first %d", end)
          .containsExactlyInAnyOrderElementsOf(devices.subList(0, end));
    }
  }

  @Test
  void noOrderIsMadeAfterTheFailureThatWasOneTooMany() throws Exception {
    connect(1_000, 0.02);
    apply("waves: [ { devices: 10 }, { percent: 100 } ]", "failures: 9, perMinute: 300");

    Chaos chaos = new Chaos(20261126);
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> chaos.goesOn() && ledger.failures() > 9);
    chaos.calm();
    awaitState("PAUSED");
    Instant tooMany = ledger.failure(10).orElseThrow();
    int before = ledger.orders().size();
    Instant until = Instant.now().plusSeconds(20);
    await().atMost(PATIENCE).until(() -> chaos.goesOn() && Instant.now().isAfter(until));

    assertThat(ledger.doubts()).isEmpty();
    assertThat(ledger.orders()).hasSize(before);
    assertThat(ledger.orders())
        .extracting(Order::issuedAt)
        .allSatisfy(issued -> assertThat(issued).isBeforeOrEqualTo(tooMany));
    assertThat(ledger.ordersOf().values()).containsOnly(1);
    assertThat(ledger.ordersOf().size()).isLessThan(1_000);
    assertThat(ledger.mostIn(Duration.ofMinutes(1))).isBetween(100, 300);
    chaos.assertThatItWasOne();
    chaos.tell(before + " of 1,000 devices");
  }

  @Test
  void eachOfThemServesOperatorsAndTheOtherTakesOverWhenOneDies() throws Exception {
    connect(20, 0);
    int standingBy = await().atMost(PATIENCE).until(this::whoStandsBy, i -> i >= 0);
    ControllerProcess onDuty = controllers.get(1 - standingBy);

    apply(
        controllers.get(standingBy), "waves: [ { percent: 100 } ]", "failures: 0, perMinute: 600");
    awaitState("FINISHED");
    assertThat(ledger.ordersOf()).hasSize(20);

    assertThat(logs(controllers.get(standingBy)).code()).isEqualTo("STANDING_BY");
    onDuty.freeze();
    Instant frozen = Instant.now();
    await().atMost(PATIENCE).until(() -> isOnDuty(controllers.get(standingBy)));
    Duration took = Duration.between(frozen, Instant.now());
    onDuty.thaw();
    await().atMost(PATIENCE).until(() -> !isOnDuty(onDuty));

    assertThat(isOnDuty(controllers.get(standingBy))).isTrue();
    await().atMost(PATIENCE).until(() -> onlineAt(onDuty.rest()) == 20);
    assertThat(took).isLessThan(Duration.ofSeconds(20));
    tell("taken over %.1f s after the other hung".formatted(took.toMillis() / 1e3));
  }

  @Test
  void aDatabaseThatDiesAndComesBackCostsTimeAndNothingElse() throws Exception {
    List<DeviceId> devices = connect(300, 0);
    apply("waves: [ { percent: 100 } ]", "failures: 0, perMinute: 600");
    await().atMost(PATIENCE).until(() -> ledger.ended().size() > 50);

    SERVER.kill();
    await().during(Duration.ofSeconds(3)).until(() -> ledger.ended().size() < 300);
    SERVER.begin();
    Instant back = Instant.now();
    awaitState("FINISHED");

    assertThat(ledger.doubts()).isEmpty();
    assertThat(ledger.ordersOf()).hasSize(300).containsOnlyKeys(devices);
    assertThat(ledger.ordersOf().values()).containsOnly(1);
    tell("done %d s after the database was back".formatted(secondsSince(back)));
  }

  private static long secondsSince(Instant begun) {
    return Duration.between(begun, Instant.now()).toSeconds();
  }

  /** Kills or freezes one of the two again and again, in the middle of whatever it does. */
  private final class Chaos {
    private final Random random;
    private final Instant begun = Instant.now();
    private Instant next = Instant.now().plusSeconds(3);
    private Optional<ControllerProcess> frozen = Optional.empty();
    private int kills;
    private int freezes;

    Chaos(long seed) {
      this.random = new Random(seed);
    }

    boolean until(int ended) throws Exception {
      return goesOn() && ledger.ended().size() == ended;
    }

    boolean goesOn() throws Exception {
      if (Instant.now().isBefore(next)) {
        return true;
      }
      if (frozen.isPresent()) {
        calm();
        next = Instant.now().plusSeconds(2);
      } else {
        strike();
      }
      return true;
    }

    void calm() throws Exception {
      if (frozen.isPresent()) {
        frozen.get().thaw();
        frozen = Optional.empty();
      }
    }

    private void strike() throws Exception {
      ControllerProcess victim = controllers.get(random.nextInt(2));
      if (random.nextInt(5) == 0) {
        victim.freeze();
        frozen = Optional.of(victim);
        freezes++;
        next = Instant.now().plus(Duty.LENGTH).plusSeconds(2);
      } else {
        victim.killAndStart();
        kills++;
        next = Instant.now().plusMillis(2_000 + random.nextInt(6_000));
      }
    }

    void assertThatItWasOne() throws Exception {
      assertThat(kills).as("kills").isGreaterThan(4);
      assertThat(freezes).as("freezes").isPositive();
      assertThat(handovers()).as("terms of duty").isGreaterThan(4);
    }

    void tell(String what) throws Exception {
      SeveralControllersIT.this.tell(
          "%s, %d kills, %d freezes, %d terms of duty, %d orders told again, %d s"
              .formatted(
                  what, kills, freezes, handovers(), ledger.repeated(), secondsSince(begun)));
    }
  }

  private long handovers() throws Exception {
    long terms = 0;
    for (ControllerProcess controller : controllers) {
      terms += controller.log().lines().filter(line -> line.contains("on duty, in term")).count();
    }
    return terms;
  }

  /** The devices, by id, when all of them are known with their sites. */
  private List<DeviceId> connect(int count, double failing) throws Exception {
    Path trust = folder.resolve("trust");
    Verifier verifier =
        new Verifier(codec.decode(Files.readAllBytes(trust.resolve("root.json")), Root.class));
    List<DeviceId> devices =
        IntStream.range(0, count).mapToObj(i -> new DeviceId("gw-%04d".formatted(i))).toList();
    for (int p = 0; p < PLANTS; p++) {
      Map<DeviceId, String> sites = new HashMap<>();
      for (int i = p; i < count; i += PLANTS) {
        sites.put(devices.get(i), "site-" + i % SITES);
      }
      Path store = trust.resolve("devices").resolve(plants.get(p)).resolve("device.p12");
      PahoTransport transport =
          new PahoTransport(
              new PahoTransport.Config(
                  "ssl://127.0.0.1:" + broker.port(),
                  plants.get(p),
                  Tls.context(store, store.resolveSibling("p12.password")),
                  PahoTransport.Config.TIMEOUT,
                  PahoTransport.Config.KEEP_ALIVE));
      opened(new Plant(transport, codec, verifier, ledger, sites, failing, p)).connect();
    }
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> onlineAt(controllers.get(0).rest()) == count);
    return devices;
  }

  private static int onlineAt(Rest rest) {
    int online = 0;
    for (JsonNode device : rest.get("/api/v1/devices").body()) {
      if (device.path("online").asBoolean() && device.path("labels").has("site")) {
        online++;
      }
    }
    return online;
  }

  /** Its index; -1 while that is not clear. */
  private int whoStandsBy() throws IOException {
    boolean first = isOnDuty(controllers.get(0));
    return first == isOnDuty(controllers.get(1)) ? -1 : first ? 1 : 0;
  }

  /** As it last said of itself. */
  private static boolean isOnDuty(ControllerProcess controller) throws IOException {
    List<String> said =
        controller
            .log()
            .lines()
            .filter(line -> line.contains("on duty, in term") || line.contains("standing by:"))
            .toList();
    return !said.isEmpty() && said.get(said.size() - 1).contains("on duty");
  }

  private static Reply logs(ControllerProcess at) {
    return at.rest().get("/api/v1/devices/gw-0000/apps/pump/logs?tail=1");
  }

  private void apply(String waves, String limits) {
    apply(controllers.get(1), waves, limits);
  }

  private void apply(ControllerProcess at, String waves, String limits) {
    ObjectNode body =
        at.rest()
            .json()
            .createObjectNode()
            .put("action", "apply")
            .put("appManifest", app())
            .put(
                "manifest",
                """
                apiVersion: bumpless.dev/v1
                kind: Rollout
                name: pump-2
                app: pump.yaml
                target: { fleet: simulated }
                %s
                limits: { %s, inFlightPerSite: %d }
                deadline: 15m
                """
                    .formatted(waves, limits, PER_SITE));
    Reply reply = at.rest().post("/api/v1/rollouts", body.toString());
    assertThat(reply.status()).as("%s", reply.body()).isEqualTo(202);
  }

  private String app() {
    return SomeApps.yaml(registry.image("pump", "1.0"));
  }

  private void awaitState(String state) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .ignoreExceptionsInstanceOf(IllegalStateException.class)
        .untilAsserted(
            () -> assertThat(rollout().path("course").path("state").asText()).isEqualTo(state));
  }

  /** As the first that answers tells it. */
  private JsonNode rollout() {
    for (ControllerProcess controller : controllers) {
      if (controller.isReady()) {
        return controller.rest().get("/api/v1/rollouts/pump-2").body();
      }
    }
    throw new IllegalStateException("no controller answers");
  }

  @SuppressWarnings("SystemOut") // what was measured, for whoever runs it
  private void tell(String line) {
    System.out.println("SeveralControllersIT: " + line);
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }
}
