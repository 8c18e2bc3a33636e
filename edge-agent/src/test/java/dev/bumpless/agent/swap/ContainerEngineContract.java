package dev.bumpless.agent.swap;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.manifest.Port;
import dev.bumpless.manifest.ProbePolicy;
import dev.bumpless.manifest.UpgradePolicy;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What every {@link ContainerEngine} does, the real one and the fake. */
public abstract class ContainerEngineContract {
  private static final Duration GRACE = Duration.ofSeconds(2);

  protected static final AppName APP = new AppName("pump");
  protected static final Revision FIRST = new Revision(new ReleaseId(APP, 1), 1);
  protected static final Revision SECOND = new Revision(new ReleaseId(APP, 2), 1);
  protected static final InstanceKey BLUE = new InstanceKey(APP, Slot.BLUE, 0);
  protected static final InstanceKey GREEN = new InstanceKey(APP, Slot.GREEN, 0);

  /** An engine without containers of ours. */
  protected abstract ContainerEngine engine() throws Exception;

  /** An image that is there, runs until it is stopped, and listens on 8080. */
  protected abstract ImageRef image() throws Exception;

  /** Makes the container's program end by itself with exit code 3. */
  protected abstract void crash(ObservedContainer container) throws Exception;

  @Test
  void an_engine_without_our_containers_lists_nothing() throws Exception {
    assertThat(engine().list()).isEmpty();
  }

  @Test
  void a_created_instance_is_listed_with_all_its_labels_and_a_fixed_address_but_does_not_run()
      throws Exception {
    ContainerEngine engine = engine();

    engine.create(app("web"), FIRST, BLUE);

    assertThat(engine.list())
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.instance()).isEqualTo(BLUE);
              assertThat(found.revision()).isEqualTo(FIRST);
              assertThat(found.container()).isEqualTo("web");
              assertThat(found.address()).matches("\\d+\\.\\d+\\.\\d+\\.\\d+");
              assertThat(found.state()).isEqualTo(ObservedContainer.State.CREATED);
              assertThat(found.isRunning()).isFalse();
              assertThat(found.restarts()).isZero();
              assertThat(found.oomKilled()).isFalse();
            });
  }

  @Test
  void creating_the_same_revision_again_keeps_what_is_there() throws Exception {
    ContainerEngine engine = engine();
    engine.create(app("web"), FIRST, BLUE);
    List<ObservedContainer> before = engine.list();

    engine.create(app("web"), FIRST, BLUE);

    assertThat(engine.list()).isEqualTo(before);
  }

  @Test
  void creating_another_revision_in_the_same_place_is_refused_and_changes_nothing()
      throws Exception {
    ContainerEngine engine = engine();
    engine.create(app("web"), FIRST, BLUE);
    List<ObservedContainer> before = engine.list();

    assertThatThrownBy(() -> engine.create(app("web"), SECOND, BLUE))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.PERMANENT));

    assertThat(engine.list()).isEqualTo(before);
  }

  @Test
  void a_started_instance_runs_and_starting_it_again_changes_nothing() throws Exception {
    ContainerEngine engine = engine();
    engine.create(app("web"), FIRST, BLUE);

    engine.start(BLUE);
    ObservedContainer running = only(engine);
    engine.start(BLUE);

    assertThat(running.isRunning()).isTrue();
    assertThat(only(engine)).isEqualTo(running);
  }

  @Test
  void starting_what_was_not_created_is_refused() {
    assertThatThrownBy(() -> engine().start(BLUE))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.PERMANENT));
  }

  @Test
  void a_stopped_instance_keeps_its_address_and_can_be_started_again() throws Exception {
    ContainerEngine engine = engine();
    engine.create(app("web"), FIRST, BLUE);
    engine.start(BLUE);
    String address = only(engine).address();

    engine.stop(BLUE, GRACE);
    engine.stop(BLUE, GRACE);
    ObservedContainer stopped = only(engine);
    engine.start(BLUE);

    assertThat(stopped.state()).isEqualTo(ObservedContainer.State.EXITED);
    assertThat(stopped.address()).isEqualTo(address);
    assertThat(only(engine).isRunning()).isTrue();
    assertThat(only(engine).address()).isEqualTo(address);
  }

  @Test
  void stopping_and_removing_what_is_not_there_is_fine() throws Exception {
    ContainerEngine engine = engine();

    engine.stop(BLUE, GRACE);
    engine.remove(BLUE);

    assertThat(engine.list()).isEmpty();
  }

  @Test
  void removing_a_running_instance_removes_it_and_nothing_else() throws Exception {
    ContainerEngine engine = engine();
    engine.create(app("web", "store"), FIRST, BLUE);
    engine.create(app("web", "store"), SECOND, GREEN);
    engine.start(BLUE);
    engine.start(GREEN);

    engine.remove(BLUE);

    assertThat(engine.list())
        .hasSize(2)
        .allSatisfy(
            found -> {
              assertThat(found.instance()).isEqualTo(GREEN);
              assertThat(found.isRunning()).isTrue();
            });
  }

  @Test
  void no_two_containers_share_an_address_even_if_they_are_stopped() throws Exception {
    ContainerEngine engine = engine();
    engine.create(app("web"), FIRST, BLUE);
    engine.create(app("web"), SECOND, GREEN);
    engine.create(app("web"), SECOND, new InstanceKey(APP, Slot.GREEN, 1));

    assertThat(engine.list().stream().map(ObservedContainer::address))
        .hasSize(3)
        .doesNotHaveDuplicates();
  }

  @Test
  void containers_start_after_those_that_they_depend_on() throws Exception {
    ContainerEngine engine = engine();
    Container web = container("web", Set.of("cache"));
    Container cache = container("cache", Set.of("store"));
    Container store = container("store", Set.of());
    engine.create(app(List.of(web, cache, store)), FIRST, BLUE);

    engine.start(BLUE);

    assertThat(engine.list())
        .allMatch(ObservedContainer::isRunning)
        .extracting(ObservedContainer::container, ObservedContainer::startedAt)
        .hasSize(3);
    assertThat(
            engine.list().stream()
                .sorted(java.util.Comparator.comparing(ObservedContainer::startedAt))
                .map(ObservedContainer::container))
        .containsExactly("store", "cache", "web");
  }

  @Test
  void an_image_that_is_not_there_is_a_permanent_failure_that_names_it() throws Exception {
    ContainerEngine engine = engine();
    ImageRef absent = image().withDigest("sha256:" + "0".repeat(64));
    Container web = container("web", Set.of()).withImage(absent);

    assertThatThrownBy(() -> engine.create(app(List.of(web)), FIRST, BLUE))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.PERMANENT))
        .hasMessageContaining(absent.digest().orElseThrow());
  }

  @Test
  void a_death_is_told_and_shows_its_exit_code() throws Exception {
    ContainerEngine engine = engine();
    engine.create(app("web"), FIRST, BLUE);
    engine.start(BLUE);
    AtomicInteger told = new AtomicInteger();
    try (AutoCloseable watching = engine.watch(told::incrementAndGet)) {
      assertThat(watching).isNotNull();
      crash(only(engine));

      Awaitility.await()
          .atMost(20, SECONDS)
          .until(() -> only(engine).state() == ObservedContainer.State.EXITED && told.get() > 0);
    }
    assertThat(only(engine).exitCode()).isEqualTo(3);
    assertThat(only(engine).restarts()).isZero();
  }

  @Test
  void the_engine_restarts_only_where_it_was_told_to_and_counts_it() throws Exception {
    ContainerEngine engine = engine();
    engine.create(app("web"), FIRST, BLUE);
    engine.start(BLUE);
    engine.restartByEngine(BLUE, true);

    crash(only(engine));

    Awaitility.await()
        .atMost(20, SECONDS)
        .until(() -> only(engine).isRunning() && only(engine).restarts() > 0);

    engine.restartByEngine(BLUE, false);
    crash(only(engine));
    Awaitility.await()
        .atMost(20, SECONDS)
        .until(() -> only(engine).state() == ObservedContainer.State.EXITED);
  }

  @Test
  void the_memory_of_an_instance_is_that_of_its_container_nearest_to_its_limit() throws Exception {
    ContainerEngine engine = engine();
    Container roomy = container("roomy", Set.of(), 256L << 20);
    Container tight = container("tight", Set.of(), 16L << 20);
    engine.create(app(List.of(roomy, tight)), FIRST, BLUE);
    engine.create(app(List.of(roomy, tight)), SECOND, GREEN);
    engine.start(BLUE);

    Map<InstanceKey, MemoryUse> memory = engine.memory(APP);

    assertThat(memory).containsOnlyKeys(BLUE);
    MemoryUse use = memory.get(BLUE);
    assertThat(use.container()).isEqualTo("tight");
    assertThat(use.limitBytes()).isEqualTo(16L << 20);
    assertThat(use.usedBytes()).isPositive().isLessThan(16L << 20);
    assertThat(engine.memory(new AppName("other"))).isEmpty();
  }

  @Test
  void the_facts_name_a_platform_and_sizes() throws Exception {
    EngineFacts facts = engine().facts();

    assertThat(facts.platform()).startsWith("linux/");
    assertThat(facts.version()).isNotEmpty();
    assertThat(facts.freeDiskBytes()).isPositive();
    assertThat(facts.availableMemoryBytes()).isPositive();
  }

  protected App app(String... containers) throws Exception {
    List<Container> made = new java.util.ArrayList<>();
    for (String name : containers) {
      made.add(container(name, Set.of()));
    }
    return app(made);
  }

  protected App app(List<Container> containers) {
    return new App(
        APP,
        containers,
        List.of(
            new Port(Optional.empty(), 18080, containers.get(0).name(), 8080, Port.Protocol.HTTP)),
        List.of(),
        ProbePolicy.DEFAULT,
        1,
        UpgradePolicy.DEFAULT,
        List.of(),
        Set.of());
  }

  protected Container container(String name, Set<String> dependsOn) throws Exception {
    return container(name, dependsOn, 64L << 20);
  }

  private Container container(String name, Set<String> dependsOn, long memoryBytes)
      throws Exception {
    return new Container(
        name,
        image(),
        List.of(),
        List.of(),
        Optional.empty(),
        Map.of(),
        List.of(),
        List.of(),
        new Container.Resources(memoryBytes, 0, Container.Resources.DEFAULT_PIDS),
        Container.Security.DEFAULT,
        dependsOn);
  }

  private static ObservedContainer only(ContainerEngine engine) throws EngineException {
    List<ObservedContainer> all = engine.list();
    assertThat(all).hasSize(1);
    return all.get(0);
  }
}
