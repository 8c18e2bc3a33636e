package dev.bumpless.router.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.router.ControlClient;
import dev.bumpless.router.Instance;
import dev.bumpless.router.Peer;
import dev.bumpless.router.RunningRouter;
import dev.bumpless.router.Service;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Swaps, ends and early answers at the moments that suit least. */
class UnkindMomentsTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String WEB_SOCKET =
      """
      GET /ws HTTP/1.1
      Host: x
      Connection: Upgrade
      Upgrade: websocket
      Sec-WebSocket-Version: 13
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

      """
          .replace("\n", "\r\n");
  private static final String SWITCHED =
      """
      HTTP/1.1 101 Switching Protocols
      Connection: Upgrade
      Upgrade: websocket
      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=

      """
          .replace("\n", "\r\n");

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

  private void flip(String token) {
    control.must("flip app green " + token);
    control.must("release app " + token);
  }

  /** Reads the head, tells to go on, then takes the body. */
  private static Instance continuing(String name) {
    return Instance.running(
        client -> {
          while (true) {
            Peer.Message head = client.readHead();
            if (!head.header("expect").isEmpty()) {
              client.send("HTTP/1.1 100 Continue\r\n\r\n");
            }
            String body = client.readBody(head).body();
            client.send(
                "HTTP/1.1 200 OK\r\nX-Instance: %s\r\nContent-Length: %d\r\n\r\n%s"
                    .formatted(name, body.length(), body));
          }
        });
  }

  @Test
  void a_client_that_expects_100_gets_it_from_who_serves_after_the_hold() {
    Service service = Service.http(router, continuing("blue"), continuing("green"));
    String token = control.hold("app", "30s");
    Peer client =
        service
            .connect()
            .send(
                "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    awaitParked(1);
    flip(token);
    assertThat(client.readHead().status()).isEqualTo(100);
    Peer.Message answer = client.send("abc").readMessage();
    assertThat(answer.header("x-instance")).isEqualTo("green");
    assertThat(answer.body()).isEqualTo("abc");
    assertThat(client.get("/").readMessage().header("x-instance")).isEqualTo("green");
  }

  @Test
  void a_body_that_waits_for_100_across_a_flip_goes_to_who_said_it() {
    Service service = Service.http(router, continuing("blue"), continuing("green"));
    Peer client =
        service
            .connect()
            .send(
                "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    assertThat(client.readHead().status()).isEqualTo(100);
    flip(control.hold("app", "30s"));
    assertThat(client.send("abc").readMessage().header("x-instance")).isEqualTo("blue");
    assertThat(client.get("/").readMessage().header("x-instance")).isEqualTo("green");
  }

  @Test
  void frames_that_a_client_sends_before_its_handshake_is_answered_arrive() {
    Instance green =
        Instance.running(
            client -> {
              client.readHead();
              client.send(SWITCHED);
              client.send(client.read(6));
            });
    Service service = Service.http(router, Instance.echoing("blue"), green);
    String token = control.hold("app", "30s");
    Peer client = service.connect().send(WEB_SOCKET + "\u0081\u0004");
    awaitParked(1);
    client.send("fram");
    flip(token);
    assertThat(client.readHead().status()).isEqualTo(101);
    assertThat(new String(client.read(6), ISO_8859_1)).isEqualTo("\u0081\u0004fram");
  }

  @Test
  void a_refusal_of_a_long_body_reaches_who_still_sends_it_and_the_next_is_served() {
    Instance blue =
        Instance.running(
            client -> {
              while (true) {
                Peer.Message head = client.readHead();
                if (head.path().equals("/long")) {
                  client.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
                } else {
                  client.send(OK);
                }
              }
            });
    Service service = Service.http(router, blue);
    for (int i = 0; i < 20; i++) {
      Peer client = service.connect();
      client.send("POST /long HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n");
      client.send(new byte[500_000]);
      assertThat(client.readMessage().status()).isEqualTo(413);
      assertThat(service.connect().get("/").readMessage().body()).isEqualTo("ok");
    }
  }

  @Test
  void an_early_refusal_of_a_body_that_then_comes_whole_leaves_no_byte_for_the_next_request() {
    Instance blue =
        Instance.running(
            client -> {
              while (true) {
                Peer.Message head = client.readHead();
                client.send(
                    head.path().equals("/early")
                        ? "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"
                        : OK);
                if (head.path().equals("/early")) {
                  client.readBody(head);
                }
              }
            });
    Service service = Service.http(router, blue);
    for (int i = 0; i < 50; i++) {
      Peer client = service.connect();
      client.send("POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
      client.send("GET /");
      assertThat(client.readMessage().status()).isEqualTo(413);
      assertThat(service.connect().get("/").readMessage().body()).isEqualTo("ok");
    }
  }

  @Test
  void clients_that_leave_while_the_hold_ends_leave_no_claim_behind() throws Exception {
    Service service = Service.http(router, Instance.echoing("blue"), Instance.echoing("green"));
    for (int round = 0; round < 20; round++) {
      String token = control.hold("app", "30s");
      List<Peer> clients = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        clients.add(service.connect().get("/" + i));
      }
      awaitParked(50);
      CountDownLatch go = new CountDownLatch(1);
      Thread leaving =
          new Thread(
              () -> {
                try {
                  go.await();
                } catch (InterruptedException e) {
                  return;
                }
                clients.forEach(Peer::reset);
              });
      leaving.start();
      control.must("flip app " + (round % 2 == 0 ? "green " : "blue ") + token);
      go.countDown();
      control.must("release app " + token);
      leaving.join();
      assertThat(control.ask("drain app " + (round % 2 == 0 ? "blue" : "green") + " 10s"))
          .isEqualTo("ok cut=0");
    }
    await()
        .until(() -> service.stat("blue/0", "underway") + service.stat("green/0", "underway") == 0);
    assertThat(service.stat("blue/0", "failures") + service.stat("green/0", "failures")).isZero();
  }

  @Test
  void a_client_that_reads_slowly_gets_all_of_an_answer_that_began_before_the_flip() {
    int size = 20 << 20;
    Instance blue =
        Instance.running(
            client -> {
              client.readMessage();
              client.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
              byte[] part = new byte[1 << 16];
              for (int sent = 0; sent < size; sent += part.length) {
                client.send(part);
              }
            });
    Service service = Service.http(router, blue, Instance.echoing("green"));
    Peer client = service.connect().get("/").get("/next");
    assertThat(client.readHead().status()).isEqualTo(200);
    flip(control.hold("app", "30s"));
    client.read(size);
    assertThat(client.readMessage().header("x-instance")).isEqualTo("green");
  }

  @Test
  void a_slow_half_closed_client_in_a_hold_gets_its_answer_and_then_the_end() {
    Service service = Service.http(router, Instance.echoing("blue"), Instance.echoing("green"));
    String token = control.hold("app", "30s");
    Peer whole = service.connect().send("GET / HTTP/1.0\r\n\r\n").endOutput();
    Peer half = service.connect();
    half.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc").endOutput();
    awaitParked(2);
    flip(token);
    assertThat(whole.readMessage().header("x-instance")).isEqualTo("green");
    assertThat(whole.isEnded()).isTrue();
    assertThat(half.isEnded()).isTrue();
    await()
        .until(() -> service.stat("blue/0", "underway") + service.stat("green/0", "underway") == 0);
  }

  /**
   * An instance that closes after each answer without saying so: a race with every next request.
   */
  @Test
  void an_instance_that_closes_unasked_loses_no_request_that_may_be_repeated() {
    Instance blue =
        Instance.running(
            client -> {
              client.readMessage();
              client.send(OK);
              client.close();
            });
    Service service = Service.http(router, blue);
    Peer client = service.connect();
    for (int i = 0; i < 500; i++) {
      assertThat(client.get("/" + i).readMessage().status()).as("request %d", i).isEqualTo(200);
    }
    assertThat(service.stat("blue/0", "failures")).isZero();
  }

  @Test
  void a_post_never_races_with_an_instance_that_closes_unasked() {
    AtomicInteger seen = new AtomicInteger();
    Instance blue =
        Instance.running(
            client -> {
              client.readMessage();
              seen.incrementAndGet();
              client.send(OK);
              client.close();
            });
    Service service = Service.http(router, blue);
    Peer client = service.connect();
    for (int i = 0; i < 500; i++) {
      client.send("POST /" + i + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na");
      assertThat(client.readMessage().status()).as("request %d", i).isEqualTo(200);
    }
    assertThat(seen).hasValue(500);
  }
}
