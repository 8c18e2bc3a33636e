package dev.bumpless.router.http;

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
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests before, in and after a hold. */
class HoldTest {
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

  private void awaitParked(int count) {
    await()
        .until(
            () -> {
              try (ControlClient other = router.control()) {
                return other.askAll("show routes").get(1).endsWith("hold=" + count);
              }
            });
  }

  private static String by(Peer client) {
    return client.readMessage().header("x-instance");
  }

  @Test
  void what_comes_in_a_hold_is_answered_by_the_new_slot_after_the_release() {
    Service service = Service.http(router, Instance.echoing("blue"), Instance.echoing("green"));
    Peer kept = service.connect();
    assertThat(by(kept.get("/"))).isEqualTo("blue");
    String token = control.hold("app", "30s");
    kept.get("/");
    Peer posting = service.connect();
    posting.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc");
    awaitParked(2);
    posting.send("def");
    control.must("flip app green " + token);
    assertThat(control.must("release app " + token)).contains("parked=2", "ended=released");
    assertThat(by(kept)).isEqualTo("green");
    assertThat(posting.readMessage().body()).isEqualTo("green POST / HTTP/1.1 abcdef");
  }

  @Test
  void a_client_that_has_said_all_and_ended_is_answered_all() {
    Service service = Service.http(router, Instance.echoing("blue"), Instance.echoing("green"));
    String token = control.hold("app", "30s");
    String post = "POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n";
    Peer pipelining = service.connect().get("/1").send(post + "a".repeat(90_000)).get("/3");
    pipelining.endOutput();
    Peer posting = service.connect().send(post + "b".repeat(90_000)).endOutput();
    awaitParked(2);
    control.must("flip app green " + token);
    control.must("release app " + token);
    for (int i = 1; i <= 3; i++) {
      assertThat(pipelining.readMessage().body()).startsWith("green").contains(" /" + i + " ");
    }
    assertThat(pipelining.isEnded()).isTrue();
    assertThat(posting.readMessage().body()).endsWith("b".repeat(90_000));
  }

  @Test
  void a_hold_that_runs_out_sends_everything_to_the_old_slot_and_the_flip_comes_too_late() {
    Service service = Service.http(router, Instance.echoing("blue"), Instance.echoing("green"));
    Peer client = service.connect();
    String token = control.hold("app", "100ms");
    long start = System.nanoTime();
    assertThat(by(client.get("/"))).isEqualTo("blue");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertThat(control.ask("flip app green " + token)).startsWith("error HOLD_LOST");
    assertThat(control.ask("release app " + token)).startsWith("error HOLD_LOST");
    assertThat(by(client.get("/"))).isEqualTo("blue");
  }

  @Test
  void when_the_holder_dies_everything_goes_to_the_old_slot() {
    Service service = Service.http(router, Instance.echoing("blue"), Instance.echoing("green"));
    Peer client = service.connect();
    ControlClient holder = router.control();
    String token = holder.hold("app", "1m");
    client.get("/");
    awaitParked(1);
    holder.close();
    assertThat(by(client)).isEqualTo("blue");
    assertThat(control.ask("flip app green " + token)).startsWith("error HOLD_LOST");
  }

  @Test
  void what_was_under_way_before_a_hold_goes_on_in_it() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Instance blue =
        Instance.running(
            client -> {
              client.readMessage();
              go.await();
              client.send("HTTP/1.1 200 OK\r\nX-Instance: blue\r\nContent-Length: 0\r\n\r\n");
            });
    Service service = Service.http(router, blue, Instance.echoing("green"));
    Peer client = service.connect().get("/");
    await().until(() -> service.stat("blue/0", "underway") == 1);
    String token = control.hold("app", "30s");
    go.countDown();
    assertThat(by(client)).as("answered inside the hold").isEqualTo("blue");
    control.must("flip app green " + token);
    control.must("release app " + token);
    assertThat(by(client.get("/"))).isEqualTo("green");
  }

  @Test
  void large_heads_wait_too() {
    Service service = Service.http(router, Instance.echoing("blue"));
    String token = control.hold("app", "30s");
    String large = "GET / HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(15_000) + "\r\n\r\n";
    List<Peer> clients = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      clients.add(service.connect().send(large));
    }
    awaitParked(200);
    control.must("release app " + token);
    clients.forEach(client -> assertThat(by(client)).isEqualTo("blue"));
  }

  @Test
  void a_client_that_leaves_while_parked_reaches_no_instance() {
    Instance blue = Instance.echoing("blue");
    Service service = Service.http(router, blue);
    String token = control.hold("app", "30s");
    Peer client = service.connect().get("/");
    awaitParked(1);
    client.reset();
    awaitParked(0);
    await().until(() -> control.askAll("show connections").size() == 1);
    control.must("release app " + token);
    await().until(() -> service.stat("blue/0", "underway") == 0);
    assertThat(blue.connections()).isZero();
  }

  @Test
  void a_drain_waits_for_answers_and_at_its_deadline_cuts_what_is_left() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Instance blue =
        Instance.running(
            client -> {
              String path = client.readMessage().path();
              if (path.equals("/begun")) {
                client.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
                client.readToEnd();
              } else if (path.equals("/silent")) {
                client.readToEnd();
              }
              go.await();
              client.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate");
            });
    Service service = Service.http(router, blue, Instance.echoing("green"));
    Peer late = service.connect().get("/late");
    Peer begun = service.connect().get("/begun");
    Peer silent = service.connect().get("/silent");
    begun.readHead();
    await().until(() -> service.stat("blue/0", "underway") == 3);
    service.flipToGreen();
    go.countDown();
    assertThat(router.ask("drain app blue 500ms")).isEqualTo("ok cut=2");
    assertThat(late.readMessage().body()).isEqualTo("late");
    assertThat(begun.readToEnd()).as("seen to be incomplete").isEqualTo("2\r\nab\r\n");
    assertThat(silent.readMessage().status()).isEqualTo(503);
    assertThat(by(late.get("/"))).isEqualTo("green");
  }

  @Test
  void a_request_waits_as_long_as_the_hold_lasts() {
    Service service = Service.http(router, Instance.echoing("blue"), Instance.echoing("green"));
    String token = control.hold("app", "30s");
    Peer client = service.connect().get("/");
    long start = System.nanoTime();
    await().until(() -> System.nanoTime() - start > 3_000_000_000L);
    awaitParked(1);
    control.must("flip app green " + token);
    control.must("release app " + token);
    assertThat(by(client)).isEqualTo("green");
  }

  @Test
  void when_the_old_slot_was_stopped_in_a_hold_that_is_lost_clients_are_told() {
    Instance blue = Instance.echoing("blue");
    Service service = Service.http(router, blue);
    Peer client = service.connect();
    assertThat(by(client.get("/"))).isEqualTo("blue");
    ControlClient holder = router.control();
    holder.hold("app", "1m");
    client.get("/");
    Peer posting = service.connect();
    posting.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
    awaitParked(2);
    long start = System.nanoTime();
    blue.close();
    holder.close();
    assertThat(client.readMessage().status()).isEqualTo(502);
    assertThat(posting.readMessage().status()).isEqualTo(502);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
  }
}
