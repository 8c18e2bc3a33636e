package dev.bumpless.router.modbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.router.ControlClient;
import dev.bumpless.router.Instance;
import dev.bumpless.router.Peer;
import dev.bumpless.router.RunningRouter;
import dev.bumpless.router.Service;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions before, in and after a hold, on connections that stay. */
class ModbusHoldTest {
  private RunningRouter router;
  private ControlClient control;

  @BeforeEach
  void start() throws IOException {
    router = RunningRouter.start();
    control = router.control();
  }

  @AfterEach
  void stop() {
    control.close();
    router.close();
  }

  private void restart(RunningRouter other) {
    stop();
    router = other;
    control = router.control();
  }

  private void awaitParked(int count) {
    await()
        .pollInterval(Duration.ofMillis(2))
        .until(
            () -> {
              try (ControlClient other = router.control()) {
                return other.askAll("show routes").get(1).endsWith("hold=" + count);
              }
            });
  }

  private static int by(Peer master, int id) {
    master.send(Adu.read(id, 1, 0, 1).bytes());
    return Adu.from(master).register();
  }

  @Test
  void what_comes_in_a_hold_is_answered_by_the_new_slot_on_the_same_connection() {
    Registers blue = new Registers(1);
    Registers green = new Registers(2);
    Service service = Service.modbus(router, blue.instance(), green.instance());
    Peer master = service.connect();
    assertThat(by(master, 1)).isEqualTo(1);
    String token = control.hold("app", "30s");
    master.send(Adu.write(2, 1, 5, 55).bytes()).send(Adu.read(3, 1, 0, 1).bytes());
    awaitParked(2);
    control.must("flip app green " + token);
    assertThat(control.must("release app " + token)).contains("parked=2", "ended=released");
    assertThat(Adu.from(master)).hasToString(Adu.write(2, 1, 5, 55).toString());
    assertThat(Adu.from(master).register()).isEqualTo(2);
    assertThat(green.get(5)).isEqualTo(55);
    assertThat(blue.get(5)).isZero();
    service.router().flip("app", "blue");
    assertThat(by(master, 4)).isEqualTo(1);
  }

  @Test
  void a_hold_that_runs_out_sends_everything_to_the_old_slot() {
    Service service =
        Service.modbus(router, new Registers(1).instance(), new Registers(2).instance());
    Peer master = service.connect();
    String token = control.hold("app", "100ms");
    assertThat(by(master, 1)).isEqualTo(1);
    assertThat(control.ask("flip app green " + token)).startsWith("error HOLD_LOST");
    assertThat(by(master, 2)).isEqualTo(1);
  }

  @Test
  void who_would_wait_longer_than_may_be_is_told_to_come_again_and_reaches_nobody() {
    Registers blue = new Registers(1);
    Service service = Service.modbus(router, blue.instance());
    Peer master = service.connect();
    String token = control.hold("app", "30s");
    long start = System.nanoTime();
    master.send(Adu.write(1, 1, 5, 55).bytes());
    Adu answer = Adu.from(master);
    Duration waited = Duration.ofNanos(System.nanoTime() - start);
    assertThat(answer.exception()).isEqualTo(6);
    assertThat(waited).isBetween(Duration.ofMillis(400), Duration.ofSeconds(5));
    control.must("release app " + token);
    assertThat(by(master, 2)).isEqualTo(1);
    assertThat(blue.seen()).hasSize(1);
    await().until(() -> service.stat("blue/0", "underway") == 0);
  }

  @Test
  void what_was_under_way_before_a_hold_is_answered_in_it_by_the_old_slot() throws Exception {
    restart(RunningRouter.patient());
    CountDownLatch go = new CountDownLatch(1);
    Instance blue =
        Instance.running(
            client -> {
              Adu request = Adu.from(client);
              go.await();
              client.send(request.reply(3, 2, 0, 1).bytes());
            });
    Service service = Service.modbus(router, blue, new Registers(2).instance());
    Peer master = service.connect();
    master.send(Adu.read(1, 1, 0, 1).bytes());
    await().pollInterval(Duration.ofMillis(2)).until(() -> service.stat("blue/0", "underway") == 1);
    String token = control.hold("app", "30s");
    go.countDown();
    Adu answer = Adu.from(master);
    assertThat(answer.register()).isEqualTo(1);
    control.must("flip app green " + token);
    control.must("release app " + token);
    assertThat(by(master, 2)).isEqualTo(2);
  }

  @Test
  void a_silent_unit_ends_what_is_under_way_long_before_the_hold_does() {
    Registers blue = new Registers(1);
    Service service = Service.modbus(router, blue.instance(), new Registers(2).instance());
    Peer master = service.connect();
    master.send(Adu.read(1, Registers.SILENT, 0, 1).bytes());
    await().until(() -> !blue.seen().isEmpty());
    String token = control.hold("app", "250ms");
    await().pollInterval(Duration.ofMillis(2)).until(() -> service.stat("blue/0", "underway") == 0);
    control.must("flip app green " + token);
    control.must("release app " + token);
    assertThat(Adu.from(master).exception()).isEqualTo(6);
  }

  @Test
  void the_connection_to_the_old_slot_is_closed_when_it_is_no_longer_used() {
    Registers green = new Registers(2);
    CountDownLatch ended = new CountDownLatch(1);
    Instance blue =
        Instance.running(
            client -> {
              client.send(Adu.from(client).reply(3, 2, 0, 1).bytes());
              if (client.read() < 0) {
                ended.countDown();
              }
            });
    Service service = Service.modbus(router, blue, green.instance());
    Peer master = service.connect();
    assertThat(by(master, 1)).isEqualTo(1);
    service.flipToGreen();
    assertThat(by(master, 2)).isEqualTo(2);
    await().until(() -> ended.getCount() == 0);
    assertThat(by(master, 3)).isEqualTo(2);
    assertThat(green.instance().connections()).isEqualTo(1);
  }

  @Test
  void a_drain_waits_for_answers_and_at_its_deadline_answers_what_is_left() {
    Registers blue = new Registers(1);
    Service service = Service.modbus(router, blue.instance(), new Registers(2).instance());
    Peer master = service.connect();
    master.send(Adu.read(1, Registers.SILENT, 0, 1).bytes());
    await().pollInterval(Duration.ofMillis(2)).until(() -> !blue.seen().isEmpty());
    service.flipToGreen();
    assertThat(router.ask("drain app blue 0ms")).isEqualTo("ok cut=1");
    Adu answer = Adu.from(master);
    assertThat(answer.id()).isEqualTo(1);
    assertThat(answer.exception()).isEqualTo(6);
    assertThat(by(master, 2)).isEqualTo(2);
    master.send(Adu.read(3, Registers.SILENT, 0, 1).bytes());
    service.router().flip("app", "blue");
    assertThat(router.ask("drain app green 5s")).as("its own deadline").isEqualTo("ok cut=0");
  }

  @Test
  void masters_keep_their_connections_through_a_hold_of_seconds() throws Exception {
    Registers blue = new Registers(1);
    Service service = Service.modbus(router, blue.instance(), new Registers(2).instance());
    List<Master> masters = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      masters.add(new Master(service.connect()));
    }
    await().until(() -> masters.stream().allMatch(master -> master.answers.get() > 10));
    String token = control.hold("app", "30s");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> masters.stream().allMatch(master -> master.busy.get() >= 10));
    control.must("flip app green " + token);
    assertThat(control.must("release app " + token)).contains("ended=released");
    masters.forEach(master -> master.seen.clear());
    await().until(() -> masters.stream().allMatch(master -> master.seen.contains(2)));
    for (Master master : masters) {
      assertThat(master.stop()).isEmpty();
      assertThat(master.shortestBusy).isGreaterThan(Duration.ofMillis(390));
    }
    assertThat(control.askAll("show connections")).hasSize(1 + masters.size());
    assertThat(control.askAll("show stats").get(1)).contains("accepted=" + masters.size() + " ");
  }

  /** Asks on one connection for ever, as a SCADA does, and minds an exception as little. */
  private static final class Master {
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();
    private final Set<Integer> seen = ConcurrentHashMap.newKeySet();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private volatile Duration shortestBusy = Duration.ofDays(1);
    private volatile boolean stopped;
    private final Thread thread;

    Master(Peer peer) {
      thread = new Thread(() -> run(peer), "master");
      thread.setDaemon(true);
      thread.start();
    }

    private void run(Peer peer) {
      try {
        for (int id = 0; !stopped; id = (id + 1) & 0xffff) {
          long start = System.nanoTime();
          peer.send(Adu.read(id, 1, 0, 1).bytes());
          Adu answer = Adu.from(peer);
          if (answer.id() != id) {
            faults.add("id " + answer.id() + " for " + id);
          } else if (answer.function() == 3) {
            answers.incrementAndGet();
            seen.add(answer.register());
          } else if (answer.exception() == 6) {
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            shortestBusy = waited.compareTo(shortestBusy) < 0 ? waited : shortestBusy;
            busy.incrementAndGet();
          } else {
            faults.add("exception " + answer.exception());
          }
        }
      } catch (RuntimeException e) {
        faults.add(e.toString());
      }
    }

    Queue<String> stop() throws InterruptedException {
      stopped = true;
      thread.join(10_000);
      return faults;
    }
  }

  @Test
  void who_has_been_told_to_come_again_takes_no_place_in_the_hold() {
    Service service = Service.modbus(router, new Registers(1).instance());
    Peer master = service.connect();
    String token = control.hold("app", "30s");
    master.send(Adu.read(1, 1, 0, 1).bytes());
    awaitParked(1);
    assertThat(Adu.from(master).exception()).isEqualTo(6);
    awaitParked(0);
    Peer leaving = service.connect().send(Adu.read(1, 1, 0, 1).bytes());
    awaitParked(1);
    leaving.reset();
    awaitParked(0);
    assertThat(control.must("release app " + token)).contains("parked=0");
  }

  @Test
  void when_the_old_slot_was_stopped_in_a_hold_that_runs_out_masters_are_told_at_once() {
    Registers blue = new Registers(1);
    Service service = Service.modbus(router, blue.instance());
    Peer master = service.connect();
    assertThat(by(master, 1)).isEqualTo(1);
    control.hold("app", "200ms");
    blue.instance().close();
    for (int id = 2; id < 6; id++) {
      long start = System.nanoTime();
      master.send(Adu.write(id, 1, 5, 55).bytes());
      assertThat(Adu.from(master).exception()).isIn(0x06, 0x0A, 0x0B);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    }
  }
}
