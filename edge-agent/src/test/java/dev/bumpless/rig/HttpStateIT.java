package dev.bumpless.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bumpless.agent.docker.TinyImage;
import dev.bumpless.agent.swap.StateTransfer.Side;
import dev.bumpless.agent.swap.TransferException;
import dev.bumpless.manifest.StatePolicy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** State by HTTP, between two containers of an app that keeps it in memory. */
class HttpStateIT {
  private static final Duration PLENTY = Duration.ofSeconds(60);
  private static final StatePolicy.Http POLICY =
      new StatePolicy.Http(TwoContainers.NAME, TestApp.PORT, "/state");

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void what_clients_wrote_to_the_old_version_is_in_the_new_one() throws Exception {
    try (TwoContainers two = start("BYTES=3000000")) {
      put(two.blue(), "tank=3");

      two.transfers().bring(POLICY, two.blue(), two.green(), PLENTY);

      assertThat(get(two.green())).isEqualTo("tank=3");
    }
  }

  @Test
  void a_new_version_that_keeps_only_half_is_found_out() throws Exception {
    try (TwoContainers two = start("LOSES=1")) {
      put(two.blue(), "tank=3;pump=on;");

      TransferException failure =
          catchThrowableOfType(
              TransferException.class,
              () -> two.transfers().bring(POLICY, two.blue(), two.green(), PLENTY));

      assertThat(failure).hasMessageContaining("gave another state: 3 bytes");
      assertThat(get(two.blue())).isEqualTo("tank=3;");
    }
  }

  @Test
  void a_container_that_is_stopped_is_told() throws Exception {
    try (TwoContainers two = start("BYTES=1")) {
      two.killBlue();

      TransferException failure =
          catchThrowableOfType(
              TransferException.class,
              () -> two.transfers().bring(POLICY, two.blue(), two.green(), Duration.ofSeconds(10)));

      assertThat(failure).hasMessageContaining("GET http://" + address(two.blue()) + ":8080/state");
    }
  }

  private TwoContainers start(String env) throws Exception {
    byte[] program = Files.readAllBytes(TestApp.compileStateful(folder));
    TwoContainers two =
        TwoContainers.start(folder, TinyImage.ofProgram(program, "state"), List.of("/app"), env);
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              get(two.blue());
              get(two.green());
            });
    return two;
  }

  private String get(Side side) throws IOException, InterruptedException {
    return send(side, HttpRequest.newBuilder().GET()).body();
  }

  private void put(Side side, String state) throws IOException, InterruptedException {
    send(side, HttpRequest.newBuilder().PUT(HttpRequest.BodyPublishers.ofString(state)));
  }

  private HttpResponse<String> send(Side side, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    URI state = URI.create("http://" + address(side) + ":" + TestApp.PORT + "/state");
    return client.send(
        request.uri(state).version(HttpClient.Version.HTTP_1_1).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String address(Side side) {
    return side.containers().get(0).address();
  }
}
