package dev.bumpless.router.modbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.router.ControlClient;
import dev.bumpless.router.Instance;
import dev.bumpless.router.Peer;
import dev.bumpless.router.RunningRouter;
import dev.bumpless.router.Service;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is no Modbus is carried all the same. */
class ForeignBytesTest {
  private RunningRouter router;

  @BeforeEach
  void start() throws IOException {
    router = RunningRouter.start();
  }

  @AfterEach
  void stop() {
    router.close();
  }

  /** Echoes in capitals. */
  private static Instance shouting() {
    return Instance.running(
        client -> {
          for (int next = client.read(); next >= 0; next = client.read()) {
            client.send(new byte[] {(byte) Character.toUpperCase(next)});
          }
          client.send("!");
        });
  }

  private static String read(Peer client, int length) {
    return new String(client.read(length), java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  @Test
  void another_protocol_is_relayed_both_ways_with_its_half_close() {
    Service service = Service.modbus(router, shouting());
    Peer client = service.connect().send("hello");
    assertThat(read(client, 5)).isEqualTo("HELLO");
    try (ControlClient control = router.control()) {
      assertThat(control.askAll("show connections").get(1))
          .contains("protocol=modbus-opaque instance=blue/0");
    }
    client.send("x".repeat(100_000)).endOutput();
    assertThat(client.readToEnd()).isEqualTo("X".repeat(100_000) + "!");
    await().until(() -> service.stat("blue/0", "underway") == 0);
  }

  @Test
  void an_impossible_length_is_foreign_too_and_what_came_before_it_is_answered_first() {
    Instance both =
        Instance.running(
            client -> {
              int first = client.read();
              if (first == 0) {
                byte[] rest = client.read(11);
                client.send(Adu.of(rest[0] & 0xff, rest[5] & 0xff, 3, 2, 0, 9).bytes());
                client.readToEnd();
              } else {
                client.send("opaque " + first + client.readToEnd());
              }
            });
    Peer client = Service.modbus(router, both).connect();
    client.send(Adu.read(5, 1, 0, 1).bytes());
    client.send(new byte[] {65, 66, 0, 0, 0, 1, 'x'}).endOutput();
    assertThat(Adu.from(client).register()).isEqualTo(9);
    assertThat(client.readToEnd()).isEqualTo("opaque 65B\0\0\0\1x");
  }

  @Test
  void foreign_bytes_after_a_request_that_nobody_answers_wait_for_its_deadline() {
    Instance deaf =
        Instance.running(
            client -> {
              if (client.read() == 0) {
                client.readToEnd();
              } else {
                client.send("opaque");
              }
            });
    Peer client = Service.modbus(router, deaf).connect();
    client.send(Adu.read(5, 1, 0, 1).bytes()).send("GET / HTTP/1.1\r\n\r\n");
    assertThat(Adu.from(client).exception()).isEqualTo(6);
    assertThat(client.readToEnd()).isEqualTo("opaque");
  }

  @Test
  void a_foreign_connection_stays_over_a_flip_and_is_cut_at_the_deadline_of_a_drain() {
    Service service = Service.modbus(router, shouting(), shouting());
    Peer client = service.connect().send("abcd");
    assertThat(read(client, 4)).isEqualTo("ABCD");
    service.flipToGreen();
    client.send("still");
    assertThat(read(client, 5)).isEqualTo("STILL");
    assertThat(router.ask("drain app blue 100ms")).isEqualTo("ok cut=1");
    assertThat(client.isEnded()).isTrue();
  }

  @Test
  void a_frame_that_never_ends_costs_nothing_and_ends_with_its_master() {
    Registers blue = new Registers(1);
    Service service = Service.modbus(router, blue.instance());
    Peer master = service.connect().send(new byte[] {0, 1, 0, 0, 0, 6, 1});
    master.endOutput();
    assertThat(master.isEnded()).isTrue();
    assertThat(blue.seen()).isEmpty();
  }
}
