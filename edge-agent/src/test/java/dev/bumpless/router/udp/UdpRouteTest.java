package dev.bumpless.router.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bumpless.router.ControlClient;
import dev.bumpless.router.RunningRouter;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UdpRouteTest {
  private final Echo blue = Echo.named("blue");
  private final Echo green = Echo.named("green");
  private final int listen = UdpClient.freePort();
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
    blue.close();
    green.close();
  }

  private void serve(String protocol) {
    control.must(
        "define app route=127.0.0.1:%d/%s target=blue/0,127.0.0.1:%d,127.0.0.1:%d target=green/0,127.0.0.1:%d,127.0.0.1:%d"
            .formatted(listen, protocol, listen, blue.port(), listen, green.port()));
    router.flip("app", "blue");
  }

  private long stat(String instance, String name) {
    return control.askAll("show stats").stream()
        .filter(line -> line.startsWith("instance app " + instance + " "))
        .mapToLong(line -> Long.parseLong(ControlClient.value(line, name)))
        .findFirst()
        .orElseThrow();
  }

  private long connections() {
    return control.askAll("show connections").stream().filter(l -> l.contains("=udp")).count();
  }

  @Test
  void datagrams_of_any_size_pass_both_ways() throws IOException {
    serve("udp");
    try (UdpClient client = UdpClient.to(listen)) {
      for (int size : new int[] {1, 512, 1472, 9_000, 60_000}) {
        byte[] sent = new byte[size];
        Arrays.fill(sent, (byte) size);
        assertThat(client.ask(sent)).isEqualTo(Echo.answer("blue", sent));
      }
    }
  }

  @Test
  void each_client_gets_its_own_answers() throws IOException {
    serve("udp");
    List<UdpClient> clients = IntStream.range(0, 20).mapToObj(i -> UdpClient.to(listen)).toList();
    for (int i = 0; i < clients.size(); i++) {
      clients.get(i).send("client " + i);
    }
    for (int i = 0; i < clients.size(); i++) {
      assertThat(clients.get(i).receive()).isEqualTo("blue client " + i);
    }
    assertThat(connections()).isEqualTo(20);
    clients.forEach(UdpClient::close);
  }

  @Test
  void what_comes_in_a_hold_waits_and_goes_to_who_serves_then() throws IOException {
    serve("udp");
    try (UdpClient client = UdpClient.to(listen)) {
      assertThat(client.ask("before")).isEqualTo("blue before");
      String token = control.hold("app", "5s");
      client.send("one");
      client.send("two");
      await().until(() -> held().endsWith(" hold=2"));
      assertThat(blue.seen()).containsExactly("before");

      control.must("flip app green " + token);
      control.must("release app " + token);

      assertThat(List.of(client.receive(), client.receive()))
          .containsExactly("green one", "green two");
    }
  }

  private String held() {
    return control.askAll("show routes").stream()
        .filter(line -> line.startsWith("app app "))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_flow_follows_a_flip_at_once_and_late_answers_still_come() throws IOException {
    serve("udp");
    try (UdpClient client = UdpClient.to(listen)) {
      blue.keepBack();
      client.send("slow");
      await().until(() -> blue.seen().contains("slow"));
      router.flip("app", "green");

      assertThat(client.ask("next")).isEqualTo("green next");
      blue.letGo();
      assertThat(client.receive()).isEqualTo("blue slow");
      assertThat(control.ask("drain app blue 5s")).isEqualTo("ok cut=0");
    }
  }

  @Test
  void a_flow_that_moves_when_idle_stays_until_then() throws IOException {
    serve("udp,idle=400ms,moves=idle");
    try (UdpClient client = UdpClient.to(listen);
        UdpClient other = UdpClient.to(listen)) {
      assertThat(client.ask("a")).isEqualTo("blue a");
      router.flip("app", "green");

      assertThat(client.ask("b")).isEqualTo("blue b");
      assertThat(other.ask("c")).isEqualTo("green c");
      assertThat(control.ask("drain app blue 5s")).isEqualTo("ok cut=0");
      assertThat(client.ask("d")).isEqualTo("green d");
    }
  }

  @Test
  void a_flow_that_stays_is_moved_at_the_deadline_of_a_drain() throws IOException {
    serve("udp,idle=60000ms,moves=idle");
    try (UdpClient client = UdpClient.to(listen)) {
      assertThat(client.ask("a")).isEqualTo("blue a");
      router.flip("app", "green");

      assertThat(control.ask("drain app blue 50ms")).isEqualTo("ok cut=1");
      assertThat(client.ask("b")).isEqualTo("green b");
    }
  }

  @Test
  void idle_flows_are_forgotten_and_nothing_stays_under_way() throws IOException {
    serve("udp,idle=300ms");
    try (UdpClient client = UdpClient.to(listen)) {
      assertThat(client.ask("a")).isEqualTo("blue a");
      assertThat(connections()).isEqualTo(1);
      await().until(() -> connections() == 0);
      assertThat(stat("blue/0", "underway")).isZero();
      assertThat(client.ask("b")).isEqualTo("blue b");
    }
  }

  @Test
  void what_is_never_answered_does_not_stop_a_drain() throws IOException {
    serve("udp");
    blue.keepBack();
    try (UdpClient client = UdpClient.to(listen)) {
      client.send("lost");
      await().until(() -> blue.seen().contains("lost"));
      router.flip("app", "green");
      assertThat(control.ask("drain app blue 5s")).isEqualTo("ok cut=0");
    }
  }

  @Test
  void an_instance_that_is_gone_costs_its_datagrams_and_no_more() throws IOException {
    serve("udp");
    blue.close();
    try (UdpClient client = UdpClient.to(listen)) {
      // A socket that is closed while its thread receives lives on for a moment.
      await()
          .until(
              () -> {
                client.send("lost");
                return stat("blue/0", "failures") > 0;
              });
      router.flip("app", "green");
      client.send("here");
      String answer = client.receive();
      // What was sent last may have waited for the flip.
      while (answer.equals("green lost")) {
        answer = client.receive();
      }
      assertThat(answer).isEqualTo("green here");
    }
  }

  @Test
  void without_who_serves_datagrams_are_dropped() throws IOException {
    serve("udp");
    router.flip("app", "none");
    try (UdpClient client = UdpClient.to(listen)) {
      client.send("nobody");
      assertThatThrownBy(client::receiveSoon).isInstanceOf(SocketTimeoutException.class);
      router.flip("app", "blue");
      assertThat(client.ask("again")).isEqualTo("blue again");
    }
    assertThat(blue.seen()).containsExactly("again");
  }

  @Test
  void senders_that_are_made_up_take_no_more_than_their_room() throws IOException {
    serve("udp,idle=60000ms");
    List<UdpClient> crowd = IntStream.range(0, 300).mapToObj(i -> UdpClient.to(listen)).toList();
    crowd.forEach(client -> client.send("x"));
    await().until(() -> connections() == 256);
    try (UdpClient known = crowd.get(0)) {
      assertThat(known.receive()).isEqualTo("blue x");
      assertThat(known.ask("still")).isEqualTo("blue still");
    }
    crowd.forEach(UdpClient::close);
  }

  @Test
  void removed_with_its_app_the_route_is_closed() throws IOException {
    serve("udp");
    try (UdpClient client = UdpClient.to(listen)) {
      assertThat(client.ask("a")).isEqualTo("blue a");
      control.must("remove app");
      await().until(() -> connections() == 0);
      serve("udp");
      assertThat(client.ask("b")).isEqualTo("blue b");
    }
  }

  @Test
  void one_client_does_not_take_all_places_of_a_hold() {
    serve("udp");
    try (UdpClient client = UdpClient.to(listen);
        UdpClient other = UdpClient.to(listen)) {
      String token = control.hold("app", "30s");
      for (int i = 0; i < 200; i++) {
        client.send("datagram " + i);
      }
      await().until(() -> held().endsWith(" hold=64"));
      other.send("other");
      await().until(() -> held().endsWith(" hold=65"));
      control.must("release app " + token);
      await().until(() -> blue.seen().contains("other"));
      await().until(() -> blue.seen().contains("datagram 63"));
      assertThat(blue.seen()).doesNotContain("datagram 64");
    }
  }
}
