package dev.bumpless.router.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.router.ControlClient;
import dev.bumpless.router.Instance;
import dev.bumpless.router.Peer;
import dev.bumpless.router.RunningRouter;
import dev.bumpless.router.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client or an instance may take of the router. */
class HttpLimitsTest {
  private static final int MEGABYTE = 1 << 20;

  private static RunningRouter hasty() throws IOException {
    return RunningRouter.start(RunningRouter::hasty);
  }

  @Test
  void a_head_that_comes_too_slowly_is_answered_408() throws IOException {
    try (RunningRouter router = hasty()) {
      Peer client = Service.http(router, Instance.echoing("blue")).connect();
      client.get("/").readMessage();
      client.send("GET / HTTP/1.1\r\nHos");
      assertThat(client.readMessage().status()).isEqualTo(408);
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void a_body_that_stops_is_answered_408_and_the_instance_is_freed() throws IOException {
    try (RunningRouter router = hasty()) {
      Service service = Service.http(router, Instance.echoing("blue"));
      Peer client = service.connect();
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
      assertThat(client.readMessage().status()).isEqualTo(408);
      await().until(() -> service.stat("blue/0", "underway") == 0);
      assertThat(service.stat("blue/0", "failures")).as("not the instance's fault").isZero();
    }
  }

  @Test
  void idle_connections_are_closed_without_a_word() throws IOException {
    try (RunningRouter router = hasty()) {
      Service service = Service.http(router, Instance.echoing("blue"));
      assertThat(service.connect().isEnded()).isTrue();
      Peer used = service.connect();
      used.get("/").readMessage();
      assertThat(used.isEnded()).isTrue();
    }
  }

  @Test
  void a_client_that_takes_nothing_of_its_answer_is_given_up() throws IOException {
    try (RunningRouter router = hasty()) {
      Service service = Service.http(router, endless(new AtomicLong()));
      service.connect().get("/");
      await().until(() -> service.stat("blue/0", "underway") == 1);
      await().until(() -> service.stat("blue/0", "underway") == 0);
    }
  }

  /** Somewhere between these sizes the kernel's buffers are full and the router has the rest. */
  @Test
  void a_client_that_takes_nothing_of_its_last_answer_is_given_up_too() throws IOException {
    try (RunningRouter router = hasty()) {
      Service service =
          Service.http(
              router,
              Instance.running(
                  client -> {
                    int size = Integer.parseInt(client.readMessage().path().substring(1));
                    client.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
                    client.send(new byte[size]);
                  }));
      for (int size = 1 << 20; size < 6 << 20; size += 48 << 10) {
        service.connect().send("GET /" + size + " HTTP/1.0\r\n\r\n");
      }
      await().until(() -> stats(router).contains("connections=0 "));
    }
  }

  @Test
  void one_connection_too_many_is_reset(@TempDir Path folder) throws IOException {
    try (RunningRouter router = RunningRouter.start(folder, 2, HttpLimits.DEFAULT)) {
      Service service = Service.http(router, Instance.echoing("blue"));
      Peer first = service.connect();
      Peer second = service.connect();
      first.get("/").readMessage();
      second.get("/").readMessage();
      assertThat(isReset(service)).isTrue();
      first.close();
      await().until(() -> stats(router).contains("connections=1 "));
      service.connect().get("/").readMessage();
      assertThat(stats(router)).contains("refused=1");
    }
  }

  /** The reset may come in the middle of the handshake already. */
  private static boolean isReset(Service service) {
    try {
      return service.connect().isEnded();
    } catch (UncheckedIOException e) {
      return e.getCause() instanceof SocketException;
    }
  }

  private static String stats(RunningRouter router) {
    try (ControlClient control = router.control()) {
      return control.askAll("show stats").get(1);
    }
  }

  /** Sends as fast as it is let, and counts. */
  private static Instance endless(AtomicLong sent) {
    return Instance.running(
        client -> {
          client.readMessage();
          client.send("HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\n");
          byte[] piece = new byte[64 << 10];
          for (int i = 0; i < 2_000_000_000 / piece.length; i++) {
            client.send(piece);
            sent.addAndGet(piece.length);
          }
        });
  }

  @Test
  void a_slow_reader_stops_the_instance_not_the_memory() throws Exception {
    try (RunningRouter router = RunningRouter.start()) {
      AtomicLong sent = new AtomicLong();
      Service service = Service.http(router, endless(sent));
      service.connect().get("/").readHead();
      awaitStill(sent);
      assertThat(sent.get()).isLessThan(30L * MEGABYTE);
      assertThat(service.connect().get("/").readHead().status()).as("others").isEqualTo(200);
    }
  }

  @Test
  void a_slow_instance_stops_the_client_not_the_memory() throws Exception {
    try (RunningRouter router = RunningRouter.start()) {
      CountDownLatch go = new CountDownLatch(1);
      Instance slow =
          Instance.running(
              client -> {
                client.readHead();
                go.await();
                client.read(200 * MEGABYTE);
                client.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nall!");
              },
              16 << 10);
      Peer client = Service.http(router, slow).connect();
      AtomicLong sent = new AtomicLong();
      Thread sender = new Thread(() -> upload(client, sent));
      sender.start();
      awaitStill(sent);
      assertThat(sent.get()).isLessThan(30L * MEGABYTE);
      go.countDown();
      assertThat(client.readMessage().body()).isEqualTo("all!");
      sender.join();
    }
  }

  private static void upload(Peer client, AtomicLong sent) {
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + 200 * MEGABYTE + "\r\n\r\n");
    byte[] piece = new byte[64 << 10];
    for (int i = 0; i < 200 * MEGABYTE / piece.length; i++) {
      client.send(piece);
      sent.addAndGet(piece.length);
    }
  }

  /** Until nothing has moved for a while. */
  private static void awaitStill(AtomicLong count) {
    AtomicLong before = new AtomicLong(-1);
    await()
        .pollInterval(java.time.Duration.ofMillis(300))
        .until(() -> count.get() > 0 && before.getAndSet(count.get()) == count.get());
  }
}
