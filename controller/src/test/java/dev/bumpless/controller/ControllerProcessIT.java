package dev.bumpless.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bumpless.controller.Rest.Reply;
import dev.bumpless.controller.link.SimulatedDevice;
import dev.bumpless.controller.repository.GitRepository;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program itself, with its own broker, killed as a power cut kills it. */
class ControllerProcessIT {
  private static final DeviceId ONE = new DeviceId("dev-1");

  private static final List<String> BEGUN = List.of("apply pump BEGUN");

  @TempDir private Path folder;
  private ControllerProgram program;
  private SimulatedDevice device;

  @BeforeEach
  void start() throws Exception {
    program = new ControllerProgram(folder, List.of(ONE));
    device = program.device(ONE);
  }

  @AfterEach
  void stop() {
    device.close();
    program.close();
  }

  @Test
  void whatWasAskedForIsOrderedAfterAKillAndNoSequenceIsGivenTwice() throws Exception {
    ControllerProgram.connect(device);
    awaitDone(apply(1880));
    device.close();
    SimulatedDevice before = device;
    Reply asked = apply(1881);

    program.kill();
    program.start();
    device = program.device(ONE);
    ControllerProgram.connect(device);

    awaitDone(asked);
    awaitDone(apply(1882));
    assertThat(before.orders).extracting(Order::sequence).containsExactly(1L);
    assertThat(device.orders).extracting(Order::sequence).containsExactly(2L, 3L);
    assertThat(device.doubts).isEmpty();
  }

  @Test
  void whatASourceSaysIsStartedOnceHoweverOftenTheControllerIsKilled() throws Exception {
    GitRepository repository = new GitRepository(folder.resolve("repository"));
    program.kill();
    program.configure(
        "sources: [ { name: plants, git: \"%s\", interval: 10s, target: { all: true } } ]\n"
            .formatted(repository.url()));
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String commit = "";
    for (int kill = 0; kill < 12; kill++) {
      if (kill % 2 == 0) {
        commit = repository.commit("pump.yaml", program.app(1880 + kill));
      }
      program.start();
      boolean isOver = program.process().waitFor(random.nextInt(1_000), TimeUnit.MILLISECONDS);
      assertThat(isOver).as("seed %d", seed).isFalse();
      program.kill();
    }
    program.start();

    String newest = commit;
    await().atMost(ControllerProgram.PATIENCE).until(() -> applied().equals(newest));
    List<String> started = new ArrayList<>();
    program
        .rest()
        .get("/api/v1/rollouts?limit=200")
        .body()
        .forEach(r -> started.add(r.path("release").asText()));
    assertThat(started).as("seed %d", seed).isNotEmpty().doesNotHaveDuplicates();
    assertThat(program.rest().get("/api/v1/apps/pump/releases").body()).hasSameSizeAs(started);
  }

  @Test
  void aCallThatTheControllerDiedOverIsInTheAuditAsBegun() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
      String image = "127.0.0.1:" + silent.getLocalPort() + "/pump:1";
      CompletableFuture<Void> asked =
          CompletableFuture.runAsync(
              () -> program.rest().apply(SomeApps.yaml(image, 1880), "{\"devices\":[\"dev-1\"]}"));
      await().atMost(ControllerProgram.PATIENCE).until(() -> calls().equals(BEGUN));

      program.kill();
      assertThatThrownBy(asked::join);
      program.start();

      assertThat(calls()).isEqualTo(BEGUN);
      assertThat(program.rest().get("/api/v1/rollouts").body()).isEmpty();
    }
  }

  private List<String> calls() {
    List<String> calls = new ArrayList<>();
    program
        .rest()
        .get("/api/v1/audit")
        .body()
        .forEach(
            call -> calls.add(call.path("object").asText() + " " + call.path("outcome").asText()));
    return calls;
  }

  private String applied() {
    return program
        .rest()
        .get("/api/v1/sources/plants")
        .body()
        .path("units")
        .path(0)
        .path("revision")
        .asText();
  }

  @Test
  void aSecondControllerOnTheSameStateIsRefused() throws Exception {
    Process second = program.launch("second.log");

    assertThat(second.waitFor(ControllerProgram.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(second.exitValue()).isEqualTo(1);
    assertThat(program.log("second.log")).contains("another controller runs on");
  }

  @Test
  void aTermEndsItInGoodOrder() throws Exception {
    program.process().destroy();

    assertThat(program.process().waitFor(ControllerProgram.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isTrue();
    assertThat(program.log("controller.log")).doesNotContain("ERROR");
  }

  private Reply apply(int port) {
    return program.rest().apply(program.app(port), "{\"devices\":[\"dev-1\"]}");
  }

  private void awaitDone(Reply asked) {
    assertThat(asked.status()).as("%s", asked.body()).isEqualTo(202);
    String path = "/api/v1/rollouts/" + asked.body().path("id").asText();
    await()
        .atMost(ControllerProgram.PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode rollout = program.rest().get(path).body();
              assertThat(rollout.path("succeeded").asBoolean()).as("%s", rollout).isTrue();
            });
  }
}
