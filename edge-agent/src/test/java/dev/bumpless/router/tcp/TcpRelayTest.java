package dev.bumpless.router.tcp;

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
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpRelayTest {
  private static final int MEGABYTE = 1 << 20;

  private RunningRouter router;

  @BeforeEach
  void start() throws IOException {
    router = RunningRouter.start();
  }

  @AfterEach
  void stop() {
    router.close();
  }

  /** Says its name, then echoes. */
  private static Instance named(char name) {
    return Instance.running(
        client -> {
          client.send(new byte[] {(byte) name});
          byte[] piece = new byte[64 << 10];
          for (int n = client.socket().getInputStream().read(piece);
              n >= 0;
              n = client.socket().getInputStream().read(piece)) {
            client.socket().getOutputStream().write(piece, 0, n);
          }
        });
  }

  @Test
  void bytes_pass_unchanged_both_ways() throws Exception {
    Peer client = Service.tcp(router, named('b')).connect();
    assertThat(client.read()).isEqualTo('b');
    byte[] bytes = new byte[5 * MEGABYTE];
    new Random(1).nextBytes(bytes);
    Thread sender = new Thread(() -> client.send(bytes));
    sender.start();
    assertThat(client.read(bytes.length)).isEqualTo(bytes);
    sender.join();
  }

  @Test
  void a_client_that_ends_its_side_still_gets_the_rest() throws Exception {
    Service service =
        Service.tcp(
            router,
            Instance.running(
                client -> client.send("got " + client.readToEnd() + "x".repeat(3 * MEGABYTE))));
    Peer client = service.connect().send("all").endOutput();
    assertThat(client.readToEnd()).hasSize(3 * MEGABYTE + 7).startsWith("got allx");
    await().until(() -> service.stat("blue/0", "underway") == 0);
  }

  @Test
  void an_instance_that_ends_its_side_still_gets_the_rest() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    Service service =
        Service.tcp(
            router,
            Instance.running(
                client -> {
                  client.send("bye").endOutput();
                  if (client.readToEnd().equals("late words")) {
                    done.countDown();
                  }
                }));
    Peer client = service.connect();
    assertThat(client.readToEnd()).isEqualTo("bye");
    client.send("late words").endOutput();
    done.await();
    await().until(() -> service.stat("blue/0", "underway") == 0);
  }

  @Test
  void a_reset_is_passed_on() {
    Service service = Service.tcp(router, Instance.running(Peer::reset));
    assertThat(service.connect().isEnded()).isTrue();
    Service other =
        Service.tcp(
            router2(),
            Instance.running(
                client -> {
                  client.send("x");
                  client.readToEnd();
                }));
    Peer client = other.connect();
    client.read();
    client.reset();
    await().until(() -> other.stat("blue/0", "underway") == 0);
    other.close();
  }

  private static RunningRouter router2() {
    try {
      return RunningRouter.start();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void a_slow_side_stops_the_fast_one_not_the_memory() throws Exception {
    AtomicLong sent = new AtomicLong();
    CountDownLatch go = new CountDownLatch(1);
    Service service =
        Service.tcp(
            router,
            Instance.running(
                client -> {
                  go.await();
                  client.read(100 * MEGABYTE);
                  client.send("all!");
                },
                16 << 10));
    Peer client = service.connect();
    Thread sender =
        new Thread(
            () -> {
              byte[] piece = new byte[64 << 10];
              for (int i = 0; i < 100 * MEGABYTE / piece.length; i++) {
                client.send(piece);
                sent.addAndGet(piece.length);
              }
            });
    sender.start();
    AtomicLong before = new AtomicLong(-1);
    await()
        .pollInterval(Duration.ofMillis(300))
        .until(() -> sent.get() > 0 && before.getAndSet(sent.get()) == sent.get());
    assertThat(sent.get()).isLessThan(30L * MEGABYTE);
    go.countDown();
    assertThat(client.read(4)).containsExactly('a', 'l', 'l', '!');
    sender.join();
  }

  @Test
  void a_dead_instance_is_passed_over_and_with_none_left_the_client_is_reset() {
    Instance alive = named('b');
    Service service = Service.replicas(router, "tcp", RunningRouter.freeAddress(), alive.address());
    for (int i = 0; i < 6; i++) {
      assertThat(service.connect().read()).isEqualTo('b');
    }
    assertThat(service.stat("blue/0", "failures")).isPositive();
    alive.close();
    assertThat(service.connect().isEnded()).isTrue();
  }

  @Test
  void nobody_serving_closes_the_client() {
    Service service = Service.tcp(router, named('b'));
    router.flip("app", "none");
    assertThat(service.connect().isEnded()).isTrue();
  }

  @Test
  void new_connections_wait_for_the_end_of_a_hold_and_old_ones_do_not() {
    Service service = Service.tcp(router, named('b'), named('g'));
    Peer old = service.connect();
    assertThat(old.read()).isEqualTo('b');
    try (ControlClient control = router.control()) {
      String token = control.hold("app", "30s");
      List<Peer> waiting = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        waiting.add(service.connect());
      }
      await().until(() -> parked() == 20);
      old.send("x");
      assertThat(old.read()).isEqualTo('x');
      control.must("flip app green " + token);
      assertThat(parked()).isEqualTo(20);
      assertThat(control.must("release app " + token)).contains("parked=20");
      waiting.forEach(client -> assertThat(client.read()).isEqualTo('g'));
    }
    old.send("y");
    assertThat(old.read()).isEqualTo('y');
  }

  private int parked() {
    try (ControlClient control = router.control()) {
      String hold = ControlClient.value(control.askAll("show routes").get(1), "hold");
      return hold.equals("none") ? 0 : Integer.parseInt(hold);
    }
  }

  @Test
  void a_drain_waits_for_connections_and_cuts_them_at_its_deadline() {
    Service service = Service.tcp(router, named('b'), named('g'));
    Peer short1 = service.connect();
    Peer long1 = service.connect();
    short1.read();
    long1.read();
    service.flipToGreen();
    short1.close();
    assertThat(router.ask("drain app blue 300ms")).isEqualTo("ok cut=1");
    assertThat(long1.isEnded()).isTrue();
    assertThat(router.ask("drain app blue 0ms")).isEqualTo("ok cut=0");
  }
}
