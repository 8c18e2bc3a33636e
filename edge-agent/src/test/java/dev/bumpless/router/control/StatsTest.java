package dev.bumpless.router.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.router.ControlClient;
import dev.bumpless.router.Instance;
import dev.bumpless.router.Peer;
import dev.bumpless.router.RunningRouter;
import dev.bumpless.router.Service;
import java.io.IOException;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an instance is judged by while it is baked: its own answers, not those of the router. */
class StatsTest {
  private static final String HANDSHAKE =
      """
      GET /ws HTTP/1.1
      Host: x
      Connection: Upgrade
      Upgrade: websocket
      Sec-WebSocket-Version: 13
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

      """
          .replace("\n", "\r\n");
  private static final String ACCEPTED =
      """
      HTTP/1.1 101 Switching Protocols
      Connection: Upgrade
      Upgrade: websocket
      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=

      """
          .replace("\n", "\r\n");

  private RunningRouter router;

  @BeforeEach
  void start() throws IOException {
    router = RunningRouter.start(RunningRouter::hasty);
  }

  @AfterEach
  void stop() {
    router.close();
  }

  private static Instance answering(String answer) {
    return Instance.running(
        client -> {
          while (true) {
            client.readMessage();
            client.send(answer);
          }
        });
  }

  private static void assertStats(Service service, String place, String... stats) {
    await()
        .untilAsserted(
            () -> assertThat((service.stats(place) + " ").split(" ", -1)).contains(stats));
  }

  /** How many answers were timed. */
  private static long timed(Service service, String place) {
    String times = ControlClient.value(service.stats(place), "times");
    long count = 0;
    for (String step : times.equals("none") ? new String[0] : times.split(",", -1)) {
      count += Long.parseLong(step.substring(step.indexOf(':') + 1));
    }
    return count;
  }

  @Test
  void an_instance_that_nobody_asked_has_done_nothing() {
    assertStats(
        Service.http(router, Instance.echoing("blue")),
        "blue/0",
        "answered=0",
        "errors=0",
        "failures=0",
        "timeouts=0",
        "refused=0",
        "times=none");
  }

  @Test
  void an_answer_of_5xx_is_an_error_of_the_instance_and_no_failure() {
    Service service =
        Service.http(router, answering("HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n"));
    Peer client = service.connect();
    assertThat(client.get("/").readMessage().status()).isEqualTo(503);
    assertThat(client.get("/").readMessage().status()).isEqualTo(503);
    assertStats(service, "blue/0", "answered=2", "errors=2", "failures=0");
    assertThat(timed(service, "blue/0")).isEqualTo(2);
  }

  @Test
  void an_answer_of_4xx_is_the_clients_fault() {
    Service service =
        Service.http(router, answering("HTTP/1.1 404 What\r\nContent-Length: 0\r\n\r\n"));
    assertThat(service.connect().get("/").readMessage().status()).isEqualTo(404);
    assertStats(service, "blue/0", "answered=1", "errors=0", "failures=0");
  }

  @Test
  void an_answer_that_breaks_off_is_an_error() {
    Service service =
        Service.http(
            router,
            Instance.running(
                client -> {
                  client.readMessage();
                  client.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                }));
    service.connect().get("/").readHead();
    assertStats(service, "blue/0", "answered=0", "errors=1", "failures=0");
  }

  @Test
  void a_client_that_does_not_wait_for_the_end_is_nobodys_error() {
    CountDownLatch never = new CountDownLatch(1);
    Service service =
        Service.http(
            router,
            Instance.running(
                client -> {
                  client.readMessage();
                  client.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                  never.await();
                }));
    Peer client = service.connect();
    client.get("/").readHead();
    client.reset();
    assertStats(service, "blue/0", "underway=0", "answered=0", "errors=0", "failures=0");
  }

  @Test
  void what_the_router_says_in_an_instances_place_is_no_error_of_it() {
    Service service = Service.http(router, Instance.running(Peer::readToEnd));
    assertThat(service.connect().get("/").readMessage().status()).isEqualTo(504);
    assertStats(
        service,
        "blue/0",
        "answered=0",
        "errors=0",
        "failures=1",
        "timeouts=1",
        "refused=0",
        "times=none");
  }

  @Test
  void a_connection_that_ends_before_a_byte_is_refused() {
    Service service = Service.http(router, Instance.running(Peer::readMessage));
    String post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
    assertThat(service.connect().send(post).readMessage().status()).isEqualTo(502);
    assertStats(service, "blue/0", "errors=0", "failures=1", "timeouts=0", "refused=1");
  }

  @Test
  void so_is_one_that_nobody_takes() {
    Service service = Service.replicas(router, "http", RunningRouter.freeAddress());
    assertThat(service.connect().get("/").readMessage().status()).isEqualTo(502);
    assertStats(service, "blue/0", "errors=0", "timeouts=0");
    assertThat(service.stat("blue/0", "refused"))
        .isPositive()
        .isEqualTo(service.stat("blue/0", "failures"));
  }

  @Test
  void nonsense_is_a_failure_of_no_kind() {
    Service service = Service.http(router, answering("what do you mean\r\n\r\n"));
    assertThat(service.connect().get("/").readMessage().status()).isEqualTo(502);
    assertStats(service, "blue/0", "errors=0", "failures=1", "timeouts=0", "refused=0");
  }

  @Test
  void time_in_a_hold_is_not_the_instances() {
    Service service = Service.http(router, Instance.echoing("blue"));
    try (ControlClient control = router.control()) {
      String token = control.hold("app", "600ms");
      Peer client = service.connect().get("/");
      assertThat(client.readMessage().status()).isEqualTo(200);
      assertThat(control.ask("release app " + token)).contains("HOLD_LOST");
    }
    assertStats(service, "blue/0", "answered=1");
    String times = ControlClient.value(service.stats("blue/0"), "times");
    assertThat(Long.parseLong(times.replaceAll(":.*", ""))).isLessThan(500_000);
  }

  @Test
  void time_that_the_client_takes_for_its_body_is_not_the_instances() throws Exception {
    CountDownLatch half = new CountDownLatch(1);
    Service service =
        Service.http(
            router,
            Instance.running(
                client -> {
                  client.readHead();
                  client.read(3);
                  half.countDown();
                  client.read(3);
                  client.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                }));
    Peer client = service.connect();
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc");
    half.await();
    long start = System.nanoTime();
    await().until(() -> System.nanoTime() - start > 400_000_000);
    assertThat(client.send("def").readMessage().status()).isEqualTo(200);
    assertStats(service, "blue/0", "answered=1");
    String times = ControlClient.value(service.stats("blue/0"), "times");
    assertThat(Long.parseLong(times.replaceAll(":.*", ""))).isLessThan(350_000);
  }

  @Test
  void the_handshake_of_a_websocket_is_timed_when_it_has_ended() {
    Service service =
        Service.http(
            router,
            Instance.running(
                client -> {
                  client.readMessage();
                  client.send(ACCEPTED);
                  client.readToEnd();
                }));
    Peer client = service.connect();
    client.send(HANDSHAKE);
    assertThat(client.readHead().status()).isEqualTo(101);
    client.close();
    assertStats(service, "blue/0", "answered=1", "errors=0");
    assertThat(timed(service, "blue/0")).isEqualTo(1);
  }

  @Test
  void a_modbus_exception_of_the_instance_is_an_error_and_one_of_the_router_is_not() {
    byte[] read = HexFormat.of().parseHex("000100000006010300000001");
    byte[] readUnit2 = HexFormat.of().parseHex("000100000006020300000001");
    Service service =
        Service.modbus(
            router,
            Instance.running(
                client -> {
                  while (true) {
                    byte[] request = client.read(12);
                    if (request[6] == 1) {
                      byte[] id = {request[0], request[1]};
                      client.send(id);
                      client.send(HexFormat.of().parseHex("00000003018302"));
                    }
                  }
                }));
    Peer master = service.connect();
    assertThat(master.send(read).read(9)[8]).isEqualTo((byte) 2);
    assertStats(service, "blue/0", "answered=1", "errors=1", "failures=0");
    assertThat(master.send(readUnit2).read(9)[8]).isEqualTo((byte) 6);
    assertStats(service, "blue/0", "answered=1", "errors=1", "failures=0", "timeouts=0");
    assertThat(timed(service, "blue/0")).isEqualTo(1);
  }

  @Test
  void a_unit_that_falls_silent_times_out() {
    byte[] read = HexFormat.of().parseHex("000100000006010300000001");
    Service service =
        Service.modbus(
            router,
            Instance.running(
                client -> {
                  byte[] request = client.read(12);
                  byte[] id = {request[0], request[1]};
                  client.send(id);
                  client.send(HexFormat.of().parseHex("00000005010302002a"));
                  client.readToEnd();
                }));
    Peer master = service.connect();
    assertThat(master.send(read).read(11)[10]).isEqualTo((byte) 42);
    assertThat(master.send(read).read(9)[8]).isEqualTo((byte) 6);
    assertStats(
        service, "blue/0", "answered=1", "errors=0", "failures=1", "timeouts=1", "refused=0");
  }
}
