package dev.bumpless.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The router as the process that it is: killed, started again, and the table is what it was. */
class RouterProcessTest {
  @TempDir Path folder;
  private final Instance blue = Instance.echoing("blue");
  private final Instance green = Instance.echoing("green");
  private final String listen = RunningRouter.freeAddress();
  private Process process;

  @BeforeEach
  void start() throws IOException {
    process = launch();
  }

  @AfterEach
  void stop() throws InterruptedException {
    kill();
    blue.close();
    green.close();
  }

  private Process launch() throws IOException {
    Process started =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-Xmx64m",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "dev.bumpless.router.Main",
                    "--state",
                    folder.toString(),
                    "--socket",
                    socket().toString()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    await().atMost(Duration.ofSeconds(30)).until(this::answers);
    return started;
  }

  private Path socket() {
    return folder.resolve("router.sock");
  }

  private boolean answers() {
    try (ControlClient control = ControlClient.open(socket())) {
      return control.ask("remove nothing").equals("ok");
    } catch (java.io.UncheckedIOException e) {
      return false;
    }
  }

  /** SIGKILL. */
  private void kill() throws InterruptedException {
    process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
  }

  private void define(ControlClient control) {
    control.must(
        "define app route=%s/http target=blue/0,%s,%s target=green/0,%s,%s"
            .formatted(listen, listen, blue.address(), listen, green.address()));
  }

  private void flip(ControlClient control, String to) {
    String token = control.hold("app", "10s");
    control.must("flip app " + to + " " + token);
    control.must("release app " + token);
  }

  private String serving() {
    try (Peer client = Peer.connect(listen)) {
      return client.get("/").readMessage().header("x-instance");
    }
  }

  @Test
  void after_a_kill_the_routes_are_back_by_themselves_and_the_wanted_slot_serves()
      throws Exception {
    try (ControlClient control = ControlClient.open(socket())) {
      define(control);
      flip(control, "green");
    }
    String boot;
    try (ControlClient control = ControlClient.open(socket())) {
      boot = control.askAll("show info").get(0);
    }
    kill();
    process = launch();
    assertThat(serving()).isEqualTo("green");
    try (ControlClient control = ControlClient.open(socket())) {
      assertThat(control.askAll("show info").get(0)).isNotEqualTo(boot);
      flip(control, "blue");
    }
    assertThat(serving()).isEqualTo("blue");
  }

  @Test
  void a_flip_of_a_former_life_does_nothing() throws Exception {
    String token;
    try (ControlClient control = ControlClient.open(socket())) {
      define(control);
      flip(control, "blue");
      token = control.hold("app", "10s");
      kill();
    }
    process = launch();
    try (ControlClient control = ControlClient.open(socket())) {
      assertThat(control.ask("flip app green " + token)).startsWith("error HOLD_LOST");
    }
    assertThat(serving()).isEqualTo("blue");
  }

  @Test
  void killed_while_it_flips_it_serves_what_it_last_acknowledged_or_was_told_to() throws Exception {
    try (ControlClient control = ControlClient.open(socket())) {
      define(control);
      flip(control, "blue");
    }
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String acknowledged = "blue";
    for (int round = 0; round < 6; round++) {
      String told = acknowledged;
      Thread killer = killerIn(random.nextInt(60));
      try (ControlClient control = ControlClient.open(socket())) {
        while (true) {
          told = acknowledged.equals("blue") ? "green" : "blue";
          flip(control, told);
          acknowledged = told;
        }
      } catch (RuntimeException | AssertionError e) {
        // Killed.
      }
      killer.join();
      process = launch();
      String served = serving();
      assertThat(served).as("seed %d, round %d", seed, round).isIn(acknowledged, told);
      acknowledged = served;
    }
  }

  private Thread killerIn(int millis) {
    Thread killer =
        new Thread(
            () -> {
              try {
                TimeUnit.MILLISECONDS.sleep(millis);
                kill();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    killer.start();
    return killer;
  }

  @Test
  void a_torn_table_is_put_aside_and_the_app_can_be_defined_again() throws Exception {
    try (ControlClient control = ControlClient.open(socket())) {
      define(control);
      flip(control, "green");
    }
    kill();
    Path file = folder.resolve("routes/app.routes");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    process = launch();
    try (ControlClient control = ControlClient.open(socket())) {
      assertThat(control.askAll("show routes")).hasSize(1);
      define(control);
      flip(control, "green");
    }
    assertThat(serving()).isEqualTo("green");
  }

  @Test
  void an_address_that_is_taken_at_the_start_is_tried_until_it_is_free() throws Exception {
    try (ControlClient control = ControlClient.open(socket())) {
      define(control);
      flip(control, "green");
    }
    kill();
    int port = Integer.parseInt(listen.substring(listen.lastIndexOf(':') + 1));
    try (ServerSocket other = new ServerSocket()) {
      other.setReuseAddress(true);
      other.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      process = launch();
      try (ControlClient control = ControlClient.open(socket())) {
        assertThat(control.askAll("show routes").get(2))
            .startsWith("route app " + listen + "/http state=waiting")
            .contains("in use");
      }
    }
    await().until(() -> routeState().endsWith("state=listening"));
    assertThat(serving()).isEqualTo("green");
  }

  private String routeState() {
    try (ControlClient control = ControlClient.open(socket())) {
      return control.askAll("show routes").get(2);
    }
  }

  @Test
  void a_wrong_command_line_is_refused() throws Exception {
    Process wrong =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.bumpless.router.Main",
                "--state")
            .redirectErrorStream(true)
            .start();
    String output =
        new String(wrong.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(wrong.waitFor()).isEqualTo(2);
    assertThat(output).contains("usage: bumpless-router --state DIR --socket PATH");
  }
}
