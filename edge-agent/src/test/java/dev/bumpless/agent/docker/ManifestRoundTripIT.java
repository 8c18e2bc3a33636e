package dev.bumpless.agent.docker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.Network;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.ObservedContainer;
import dev.bumpless.agent.swap.Slot;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.HealthCheck;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.manifest.Port;
import dev.bumpless.manifest.ProbePolicy;
import dev.bumpless.manifest.UpgradePolicy;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the manifest says is what the engine has, and what containers can and cannot do. */
class ManifestRoundTripIT {
  private static final AppName APP = new AppName("pump");
  private static final Revision FIRST = new Revision(new ReleaseId(APP, 7), 2);
  private static final InstanceKey BLUE = new InstanceKey(APP, Slot.BLUE, 0);
  private static final InstanceKey GREEN = new InstanceKey(APP, Slot.GREEN, 0);
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Container.Resources SMALL = new Container.Resources(32L << 20, 0, 64);

  @TempDir private static Path folder;
  private static ImageRef image;

  private EngineSpace space;
  private DockerEngine engine;

  @BeforeAll
  static void pull() throws Exception {
    try (LoopbackRegistry registry = LoopbackRegistry.start(folder.resolve("registry"));
        EngineSpace space = EngineSpace.open(folder.resolve("state"))) {
      image = registry.push("roundtrip/tiny", "1", TinyImage.named("round trip"));
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
    engine = new DockerEngine(space.connection(), space.settings());
  }

  @AfterEach
  void close() throws Exception {
    space.close();
  }

  @Test
  void everything_that_the_manifest_says_is_what_inspect_shows() throws Exception {
    Container full =
        new Container(
            "web",
            image,
            List.of("/bin/busybox"),
            List.of("sleep", "600"),
            Optional.of("/tmp"),
            Map.of("TZ", "UTC", "EMPTY", "", "ODD", "a=b \"c\""),
            List.of(
                new Container.Volume("data", "/data", false),
                new Container.Volume("shared", "/shared", true),
                new Container.Volume("/etc", "/host-etc", true)),
            List.of(new Container.Device("/dev/null", true)),
            new Container.Resources(48L << 20, 0.25, 99),
            new Container.Security(
                true,
                Set.of("NET_RAW", "SYS_NICE"),
                Set.of("CHOWN"),
                Optional.of("1000:1000"),
                false,
                false),
            Set.of());

    engine.create(app(full), FIRST, BLUE);

    InspectContainerResponse found = inspect("web");
    String name = space.settings().space();
    assertThat(found.getName()).isEqualTo("/" + name + "-pump-blue-0-web");
    assertThat(found.getConfig().getImage()).isEqualTo(image.pullName());
    assertThat(found.getConfig().getEntrypoint()).containsExactly("/bin/busybox");
    assertThat(found.getConfig().getCmd()).containsExactly("sleep", "600");
    assertThat(found.getConfig().getWorkingDir()).isEqualTo("/tmp");
    assertThat(found.getConfig().getUser()).isEqualTo("1000:1000");
    assertThat(found.getConfig().getHostName()).isEqualTo("web");
    assertThat(found.getConfig().getEnv()).contains("TZ=UTC", "EMPTY=", "ODD=a=b \"c\"");
    assertThat(found.getConfig().getLabels())
        .containsAllEntriesOf(
            Map.of(
                "dev.bumpless.space", name,
                "dev.bumpless.app", "pump",
                "dev.bumpless.release", "pump@7",
                "dev.bumpless.attempt", "2",
                "dev.bumpless.slot", "blue",
                "dev.bumpless.instance", "0",
                "dev.bumpless.container", "web"));
    HostConfig host = found.getHostConfig();
    assertThat(host.getMemory()).isEqualTo(48L << 20);
    assertThat(host.getMemorySwap()).isEqualTo(48L << 20);
    assertThat(host.getNanoCPUs()).isEqualTo(250_000_000);
    assertThat(host.getPidsLimit()).isEqualTo(99);
    assertThat(host.getReadonlyRootfs()).isTrue();
    assertThat(host.getPrivileged()).isFalse();
    assertThat(host.getInit()).isTrue();
    assertThat(host.getCapAdd()).containsExactlyInAnyOrder(Capability.NET_RAW, Capability.SYS_NICE);
    assertThat(host.getCapDrop())
        .containsExactlyInAnyOrder(
            Capability.CHOWN,
            Capability.MKNOD,
            Capability.AUDIT_WRITE,
            Capability.SETFCAP,
            Capability.SYS_CHROOT);
    assertThat(host.getSecurityOpts()).containsExactly("no-new-privileges:true");
    assertThat(host.getRestartPolicy().getName()).isIn("", "no");
    assertThat(host.getPortBindings()).isNull();
    assertThat(host.getLogConfig().getType()).isEqualTo(LogConfig.LoggingType.LOCAL);
    assertThat(host.getLogConfig().getConfig())
        .isEqualTo(Map.of("max-size", "10m", "max-file", "3"));
    assertThat(host.getDevices())
        .singleElement()
        .satisfies(device -> assertThat(device.getPathOnHost()).isEqualTo("/dev/null"));
    assertThat(mounts(found))
        .containsExactlyInAnyOrder(
            "VOLUME bumpless_" + name + "_pump_data /data rw",
            "VOLUME bumpless_" + name + "_pump_shared /shared ro",
            "BIND /etc /host-etc ro");
    assertThat(found.getNetworkSettings().getNetworks()).containsOnlyKeys("bumpless-" + name);
  }

  @Test
  void what_waivers_allow_is_done() throws Exception {
    Container.Security security =
        new Container.Security(false, Set.of(), Set.of(), Optional.empty(), true, true);
    engine.create(portless(container("web", security, Set.of())), FIRST, BLUE);

    InspectContainerResponse found = inspect("web");
    assertThat(found.getHostConfig().getPrivileged()).isTrue();
    assertThat(found.getHostConfig().getNetworkMode()).isEqualTo("host");
    assertThat(engine.list().get(0).address()).isEqualTo("127.0.0.1");
  }

  @Test
  void the_host_reaches_containers_and_those_of_another_slot_do_not() throws Exception {
    engine.create(app(container("web")), FIRST, BLUE);
    engine.create(app(container("web")), FIRST, GREEN);
    engine.start(BLUE);
    engine.start(GREEN);
    ObservedContainer blue = of(BLUE, "web");
    ObservedContainer green = of(GREEN, "web");

    Awaitility.await()
        .atMost(10, SECONDS)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(get(green)).isEqualTo("round trip"));
    assertThat(get(blue)).isEqualTo("round trip");
    assertThat(ask(blue, blue.address() + " 8080").output()).contains("round trip");
    assertThat(ask(blue, green.address() + " 8080").output()).doesNotContain("round trip");
  }

  @Test
  void containers_of_an_instance_find_each_other_by_name_and_no_others() throws Exception {
    App app = app(container("web", "store"), container("store"));
    engine.create(app, FIRST, BLUE);
    engine.create(app, FIRST, GREEN);
    engine.start(BLUE);
    engine.start(GREEN);
    ObservedContainer web = of(BLUE, "web");

    Awaitility.await()
        .atMost(10, SECONDS)
        .untilAsserted(() -> assertThat(ask(web, "store 8080").output()).contains("round trip"));
    assertThat(of(BLUE, "store").address()).isEmpty();
    engine.stop(BLUE, Duration.ZERO);
    engine.start(GREEN);
    assertThat(ask(of(GREEN, "web"), "store 8080").output()).contains("round trip");
    engine.remove(GREEN);
    engine.start(new InstanceKey(APP, Slot.BLUE, 0));
    Awaitility.await()
        .atMost(10, SECONDS)
        .untilAsserted(() -> assertThat(ask(web, "store 8080").output()).contains("round trip"));
    assertThat(networks()).containsExactlyInAnyOrder(bridge(), bridge() + "-pump-blue-0");
  }

  @Test
  void a_container_that_a_crash_left_without_its_second_network_gets_it() throws Exception {
    App app = app(container("web"), container("store"));
    engine.create(app, FIRST, BLUE);
    String network = bridge() + "-pump-blue-0";
    space
        .client()
        .disconnectFromNetworkCmd()
        .withContainerId(of(BLUE, "web").id())
        .withNetworkId(network)
        .exec();
    space.client().removeContainerCmd(of(BLUE, "store").id()).exec();

    engine.create(app, FIRST, BLUE);

    assertThat(inspect("web").getNetworkSettings().getNetworks())
        .containsOnlyKeys(bridge(), network);
    assertThat(engine.list()).hasSize(2);
  }

  @Test
  void a_network_that_a_crash_left_without_containers_is_swept_away() throws Exception {
    engine.create(app(container("web"), container("store")), FIRST, BLUE);
    for (ObservedContainer found : engine.list()) {
      space.client().removeContainerCmd(found.id()).exec();
    }
    assertThat(networks()).contains(bridge() + "-pump-blue-0");

    engine.create(app(container("web")), FIRST, GREEN);

    assertThat(networks()).containsExactly(bridge());
  }

  @Test
  void a_subnet_of_another_docker_network_is_refused_and_the_network_named() throws Exception {
    try (EngineSpace other =
        EngineSpace.open(folder, space.settings().subnet(), Optional.empty())) {
      engine.create(app(container("web")), FIRST, BLUE);
      DockerEngine second = new DockerEngine(other.connection(), other.settings());

      assertThatThrownBy(() -> second.create(app(container("web")), FIRST, BLUE))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.PERMANENT))
          .hasMessageContainingAll(
              "clashes with the docker network " + bridge(), "Choose another 'subnet'");
      assertThat(second.list()).isEmpty();
    }
  }

  @Test
  void a_subnet_that_the_host_routes_to_is_refused_and_the_route_named() throws Exception {
    HostRoutes.Route plant = new HostRoutes.Route(Subnet.parse("172.16.0.0/12"), "eth1");
    DockerSettings settings =
        new DockerSettings(
            EngineSpace.ENGINE,
            space.settings().space(),
            Subnet.parse("172.29.7.0/24"),
            Optional.empty(),
            folder);
    Networks networks = new Networks(space.connection(), settings, () -> List.of(plant));

    assertThatThrownBy(networks::ensureBridge)
        .hasMessageContaining("clashes with the route to 172.16.0.0/12 over eth1");
  }

  @Test
  void addresses_are_used_again_and_those_of_stopped_containers_are_not() throws Exception {
    engine.create(app(container("web")), FIRST, BLUE);
    engine.create(app(container("web")), FIRST, GREEN);
    String first = of(BLUE, "web").address();
    String second = of(GREEN, "web").address();
    engine.remove(BLUE);

    InstanceKey more = new InstanceKey(APP, Slot.GREEN, 1);
    engine.create(app(container("web")), FIRST, more);

    assertThat(of(more, "web").address()).isEqualTo(first).isNotEqualTo(second);
  }

  @Test
  void a_kill_for_memory_is_seen() throws Exception {
    Container glutton =
        new Container(
            "web",
            image,
            List.of("/bin/busybox"),
            List.of("tail", "/dev/zero"),
            Optional.empty(),
            Map.of(),
            List.of(),
            List.of(),
            new Container.Resources(8L << 20, 0, 64),
            Container.Security.DEFAULT,
            Set.of());
    engine.create(app(glutton), FIRST, BLUE);
    engine.start(BLUE);

    Awaitility.await()
        .atMost(20, SECONDS)
        .until(() -> of(BLUE, "web").state() == ObservedContainer.State.EXITED);
    assertThat(of(BLUE, "web").oomKilled()).isTrue();
  }

  @Test
  void a_program_that_is_not_there_ends_at_once_with_127_as_in_a_shell() throws Exception {
    Container wrong =
        new Container(
            "web",
            image,
            List.of("/no/such/program"),
            List.of(),
            Optional.empty(),
            Map.of(),
            List.of(),
            List.of(),
            SMALL,
            Container.Security.DEFAULT,
            Set.of());
    engine.create(app(wrong), FIRST, BLUE);

    engine.start(BLUE);

    Awaitility.await()
        .atMost(20, SECONDS)
        .until(() -> of(BLUE, "web").state() == ObservedContainer.State.EXITED);
    assertThat(of(BLUE, "web").exitCode()).isEqualTo(127);
  }

  @Test
  void logs_are_read_from_the_tail_and_followed_until_closed() throws Exception {
    Container talker =
        new Container(
            "web",
            image,
            List.of("/bin/busybox"),
            List.of(
                "sh", "-c", "i=0; while :; do i=$((i+1)); echo line $i; busybox sleep 0.1; done"),
            Optional.empty(),
            Map.of(),
            List.of(),
            List.of(),
            SMALL,
            Container.Security.DEFAULT,
            Set.of());
    engine.create(app(talker), FIRST, BLUE);
    engine.start(BLUE);
    DockerLogs logs = new DockerLogs(space.connection(), space.settings());
    Gathered first = new Gathered();
    Awaitility.await().atMost(10, SECONDS).until(() -> of(BLUE, "web").isRunning());

    Gathered followed = new Gathered();
    try (AutoCloseable reading = logs.open(query(100, true), followed)) {
      assertThat(reading).isNotNull();
      Awaitility.await().atMost(10, SECONDS).until(() -> followed.lines().size() >= 10);
    }
    try (AutoCloseable reading = logs.open(query(2, false), first)) {
      assertThat(reading).isNotNull();
      assertThat(first.ended.await(10, SECONDS)).isTrue();
    }

    assertThat(followed.lines().subList(0, 3)).containsExactly("line 1\n", "line 2\n", "line 3\n");
    assertThat(first.lines()).hasSize(2).allMatch(line -> line.matches("line \\d+\n"));
    assertThat(first.error).isEmpty();
    assertThatThrownBy(
            () ->
                logs.open(new DockerLogs.Query(APP, Slot.GREEN, Optional.empty(), 1, false), first))
        .hasMessageContaining("there is no such container");
  }

  private static DockerLogs.Query query(int tail, boolean follow) {
    return new DockerLogs.Query(APP, Slot.BLUE, Optional.of("web"), tail, follow);
  }

  private static final class Gathered implements DockerLogs.Sink {
    private final List<String> lines = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Optional<String> error = Optional.empty();

    @Override
    public synchronized void line(String text) {
      lines.add(text);
    }

    @Override
    public void end(Optional<String> why) {
      error = why;
      ended.countDown();
    }

    synchronized List<String> lines() {
      return List.copyOf(lines);
    }
  }

  private static Container container(String name, String... dependsOn) {
    return container(name, Container.Security.DEFAULT, Set.of(dependsOn));
  }

  private static Container container(
      String name, Container.Security security, Set<String> dependsOn) {
    return new Container(
        name,
        image,
        List.of(),
        List.of(),
        Optional.empty(),
        Map.of(),
        List.of(),
        List.of(),
        SMALL,
        security,
        dependsOn);
  }

  private static App app(Container... containers) {
    return new App(
        APP,
        List.of(containers),
        List.of(new Port(Optional.empty(), 18080, "web", 8080, Port.Protocol.HTTP)),
        List.of(new HealthCheck.Http("web", 8080, "/")),
        ProbePolicy.DEFAULT,
        1,
        UpgradePolicy.DEFAULT,
        List.of(),
        Set.of());
  }

  private static App portless(Container container) {
    return new App(
        APP,
        List.of(container),
        List.of(),
        List.of(),
        ProbePolicy.DEFAULT,
        1,
        UpgradePolicy.DEFAULT,
        List.of(),
        Set.of("privileged", "host-network"));
  }

  private ObservedContainer of(InstanceKey instance, String container) throws EngineException {
    return engine.list().stream()
        .filter(found -> found.instance().equals(instance))
        .filter(found -> found.container().equals(container))
        .findFirst()
        .orElseThrow();
  }

  private InspectContainerResponse inspect(String container) throws EngineException {
    return space.client().inspectContainerCmd(of(BLUE, container).id()).exec();
  }

  private static Stream<String> mounts(InspectContainerResponse found) {
    return found.getHostConfig().getMounts().stream()
        .map(
            mount ->
                "%s %s %s %s"
                    .formatted(
                        mount.getType() == MountType.VOLUME ? "VOLUME" : "BIND",
                        mount.getSource(),
                        mount.getTarget(),
                        AccessMode.fromBoolean(!Boolean.TRUE.equals(mount.getReadOnly()))));
  }

  private DockerExec.Outcome ask(ObservedContainer from, String target) throws EngineException {
    return new DockerExec(space.connection())
        .run(
            from.id(),
            List.of(
                "/bin/busybox",
                "sh",
                "-c",
                "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | busybox nc -w 2 " + target),
            LIMIT);
  }

  private static String get(ObservedContainer container) throws Exception {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create("http://" + container.address() + ":8080/").toURL().openConnection();
    connection.setConnectTimeout(2000);
    connection.setReadTimeout(2000);
    return new String(
            connection.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
        .strip();
  }

  private String bridge() {
    return "bumpless-" + space.settings().space();
  }

  private List<String> networks() throws EngineException {
    return space
        .client()
        .listNetworksCmd()
        .withFilter("label", List.of(Labels.SPACE + "=" + space.settings().space()))
        .exec()
        .stream()
        .map(Network::getName)
        .toList();
  }
}
