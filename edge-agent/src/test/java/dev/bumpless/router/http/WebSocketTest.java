package dev.bumpless.router.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.router.ControlClient;
import dev.bumpless.router.Instance;
import dev.bumpless.router.Peer;
import dev.bumpless.router.Peer.Message;
import dev.bumpless.router.RunningRouter;
import dev.bumpless.router.Service;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebSocketTest {
  private static final String HANDSHAKE =
      """
      GET /comms HTTP/1.1
      Host: x
      Connection: keep-alive, Upgrade
      Upgrade: websocket
      Sec-WebSocket-Version: 13
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

      """
          .replace("\n", "\r\n");
  private static final String ACCEPTED =
      """
      HTTP/1.1 101 Switching Protocols
      Upgrade: websocket
      Connection: Upgrade
      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=

      """
          .replace("\n", "\r\n");
  private static final byte[] HELLO = {(byte) 0x81, 5, 'h', 'e', 'l', 'l', 'o'};
  private static final byte[] RESTART = {(byte) 0x88, 2, 0x03, (byte) 0xf4};

  private RunningRouter router;

  @BeforeEach
  void start() throws IOException {
    router = RunningRouter.start();
  }

  @AfterEach
  void stop() {
    router.close();
  }

  /** Shakes hands, greets in the same segment, then echoes. */
  private static void echo(Peer client) {
    Message request = client.readMessage();
    assertThat(request.header("upgrade")).isEqualTo("websocket");
    client.send((ACCEPTED + new String(HELLO, java.nio.charset.StandardCharsets.ISO_8859_1)));
    for (int next = client.read(); next >= 0; next = client.read()) {
      client.send(new byte[] {(byte) next});
    }
  }

  private static Peer upgraded(Service service) {
    Peer client = service.connect().send(HANDSHAKE);
    Message answer = client.readMessage();
    assertThat(answer.status()).isEqualTo(101);
    assertThat(answer.header("connection")).isEqualTo("Upgrade");
    assertThat(answer.header("upgrade")).isEqualTo("websocket");
    return client;
  }

  @Test
  void after_the_handshake_bytes_go_both_ways() {
    Service service = Service.http(router, Instance.running(WebSocketTest::echo));
    Peer client = upgraded(service);
    assertThat(client.read(HELLO.length)).isEqualTo(HELLO);
    for (int i = 0; i < 100; i++) {
      client.send(HELLO);
      assertThat(client.read(HELLO.length)).isEqualTo(HELLO);
    }
    assertThat(service.stat("blue/0", "underway")).isEqualTo(1);
    client.endOutput();
    assertThat(client.isEnded()).isTrue();
    await().until(() -> service.stat("blue/0", "underway") == 0);
  }

  @Test
  void an_instance_that_declines_answers_like_any_other() {
    Peer client = Service.http(router, Instance.echoing("blue")).connect();
    client.send(HANDSHAKE);
    assertThat(client.readMessage().status()).isEqualTo(200);
    assertThat(client.get("/next").readMessage().body()).contains("/next");
  }

  @Test
  void a_flip_leaves_it_where_it_is_and_a_drain_ends_it_with_1012() throws Exception {
    Service service =
        Service.http(
            router, Instance.running(WebSocketTest::echo), Instance.running(WebSocketTest::echo));
    Peer client = upgraded(service);
    client.read(HELLO.length);
    service.flipToGreen();
    client.send(HELLO);
    assertThat(client.read(HELLO.length)).isEqualTo(HELLO);
    BlockingQueue<String> answer = drain("blue", "200ms");
    assertThat(client.read(RESTART.length)).isEqualTo(RESTART);
    assertThat(client.isEnded()).isTrue();
    client.close();
    assertThat(answer.take()).isEqualTo("ok cut=1");
  }

  private BlockingQueue<String> drain(String slot, String deadline) {
    BlockingQueue<String> answer = new LinkedBlockingQueue<>();
    new Thread(() -> answer.add(router.ask("drain app " + slot + " " + deadline))).start();
    return answer;
  }

  /** Sends half a frame, and once it may the rest of it and half of the next. */
  private static Instance.Script hesitating(CountDownLatch half) {
    return client -> {
      client.readMessage();
      client.send(ACCEPTED);
      client.send(new byte[] {(byte) 0x81, 5, 'h', 'e'});
      half.await();
      client.send(new byte[] {'l', 'l', 'o', (byte) 0x81, 5, 'l', 'a'});
      client.readToEnd();
    };
  }

  @Test
  void a_frame_that_is_under_way_is_finished_before_the_1012() throws Exception {
    CountDownLatch half = new CountDownLatch(1);
    Service service =
        Service.http(router, Instance.running(hesitating(half)), Instance.echoing("green"));
    Peer client = upgraded(service);
    client.read(4);
    service.flipToGreen();
    BlockingQueue<String> answer = drain("blue", "0ms");
    await().until(() -> connections().contains("websocket-ending"));
    half.countDown();
    assertThat(client.read(3)).containsExactly('l', 'l', 'o');
    assertThat(client.read(RESTART.length)).isEqualTo(RESTART);
    assertThat(client.isEnded()).isTrue();
    client.close();
    assertThat(answer.take()).isEqualTo("ok cut=1");
  }

  @Test
  void a_frame_that_does_not_end_is_cut() throws Exception {
    Service service =
        Service.http(
            router, Instance.running(hesitating(new CountDownLatch(1))), Instance.echoing("green"));
    Peer client = upgraded(service);
    client.read(4);
    service.flipToGreen();
    BlockingQueue<String> answer = drain("blue", "0ms");
    assertThat(client.isEnded()).isTrue();
    assertThat(answer.take()).isEqualTo("ok cut=1");
  }

  private String connections() {
    try (ControlClient control = router.control()) {
      return String.join("\n", control.askAll("show connections"));
    }
  }

  @Test
  void a_drain_that_is_overtaken_by_a_flip_back_cuts_nothing() throws Exception {
    Service service =
        Service.http(router, Instance.running(WebSocketTest::echo), Instance.echoing("green"));
    Peer client = upgraded(service);
    client.read(HELLO.length);
    service.flipToGreen();
    BlockingQueue<String> answer = drain("blue", "30s");
    router.flip("app", "blue");
    assertThat(answer.take()).startsWith("error SERVING");
    client.send(HELLO);
    assertThat(client.read(HELLO.length)).isEqualTo(HELLO);
  }
}
