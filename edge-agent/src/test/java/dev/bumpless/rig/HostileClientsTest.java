package dev.bumpless.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that mean no good, against a router with the memory of a device: whatever becomes of
 * them, the process and its other clients go on.
 */
class HostileClientsTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  @TempDir private Path folder;
  private RouterProcess router;

  /** Takes connections and requests into the kernel's queues, and never answers. */
  private ServerSocket mute;

  private int listen;
  private String boot;
  private final List<Socket> clients = new ArrayList<>();

  @BeforeEach
  void route() throws IOException {
    router = RouterProcess.start(folder);
    mute = new ServerSocket(0, 3000, InetAddress.getLoopbackAddress());
    listen = Ports.free();
    try (ControlLine control = router.control()) {
      control.ask(
          "define app route=127.0.0.1:%1$d/http target=blue/0,127.0.0.1:%1$d,127.0.0.1:%2$d"
              .formatted(listen, mute.getLocalPort()));
      String token = ControlLine.value(control.ask("hold app 1s"), "token");
      control.ask("flip app blue " + token);
      control.ask("release app " + token);
    }
    boot = boot();
  }

  @AfterEach
  void close() throws IOException {
    for (Socket client : clients) {
      client.close();
    }
    mute.close();
    router.close();
  }

  private String boot() throws IOException {
    return show("info").get(0);
  }

  private List<String> show(String what) throws IOException {
    try (ControlLine control = router.control()) {
      return control.askAll("show " + what);
    }
  }

  /** When all that was sent has been read, or is known to stay where it is. */
  private void assertUnshaken() throws Exception {
    AtomicLong before = new AtomicLong(-1);
    await()
        .pollInterval(Duration.ofMillis(500))
        .until(() -> before.getAndSet(processorTime()) == processorTime());
    assertThat(boot()).isEqualTo(boot);
  }

  /** In milliseconds; -1 once it is dead. */
  private long processorTime() {
    return ProcessHandle.of(router.pid())
        .flatMap(process -> process.info().totalCpuDuration())
        .map(Duration::toMillis)
        .orElse(-1L);
  }

  /** One that the router has reset meanwhile is fine. */
  private Socket attack(String bytes) throws IOException {
    Socket client = new Socket(InetAddress.getLoopbackAddress(), listen);
    clients.add(client);
    try {
      client.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      client.close();
    }
    return client;
  }

  @Test
  void moreThanThereAreFileDescriptors() throws Exception {
    limitFiles("70");
    for (int i = 0; i < 100; i++) {
      attack(GET);
    }
    Path log = folder.resolve("router.log");
    try (ControlLine waiting = new ControlLine(router.socket())) {
      await().pollDelay(Duration.ofSeconds(2)).until(() -> Files.size(log) > 0);
      assertThat(Files.size(log)).as("bytes logged").isLessThan(200_000);
      limitFiles("4096");
      assertThat(waiting.ask("show info")).isEqualTo(boot);
    }
    assertUnshaken();
  }

  private void limitFiles(String most) throws Exception {
    int done =
        new ProcessBuilder(
                "prlimit", "--pid", Long.toString(router.pid()), "--nofile=" + most + ":")
            .start()
            .waitFor();
    assertThat(done).isZero();
  }

  @Test
  void thousandsOfRequestsInOneBreathAndThenTheEnd() throws Exception {
    String breath = GET.repeat(60_000 / GET.length());
    for (int i = 0; i < 150; i++) {
      Socket client = attack(breath);
      if (!client.isClosed()) {
        client.shutdownOutput();
      }
    }
    assertUnshaken();
  }

  @Test
  void manyClientsThatEachPipelineABit() throws Exception {
    String breath = GET.repeat(2_000 / GET.length());
    for (int i = 0; i < 2_000; i++) {
      attack(breath);
    }
    assertUnshaken();
  }
}
