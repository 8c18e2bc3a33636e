package dev.bumpless.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bumpless.controller.Rest.Reply;
import dev.bumpless.controller.link.SimulatedDevice;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The controller with what it brings, SQLite and the embedded broker, is killed again and again
 * while a rollout in waves travels through the devices; broker and connections die with it.
 */
class KilledInWavesIT {
  private static final List<DeviceId> IDS =
      IntStream.rangeClosed(1, 12).mapToObj(i -> new DeviceId("dev-" + i)).toList();

  private static final int MOST_KILLS = 20;

  @TempDir private Path folder;
  private final Map<DeviceId, SimulatedDevice> devices = new TreeMap<>();
  private final List<DeviceId> heard = new CopyOnWriteArrayList<>();
  private ControllerProgram program;

  @AfterEach
  void stop() {
    devices.values().forEach(SimulatedDevice::close);
    program.close();
  }

  @Test
  void everyDeviceHasItsOrderOnceAndInItsWave() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    program = new ControllerProgram(folder, IDS);
    for (DeviceId id : IDS) {
      SimulatedDevice device = program.device(id);
      device.follow(order -> follow(id, order));
      devices.put(id, device);
    }
    connectAll();
    begin();

    int kills = 0;
    while (kills < MOST_KILLS && !isDone()) {
      Thread.sleep(random.nextInt(3_000));
      program.kill();
      kills++;
      program.start();
      connectAll();
    }
    await().atMost(ControllerProgram.PATIENCE).until(this::isDone);

    JsonNode rollout = rollout();
    String told = "seed %d, %d kills: %s".formatted(seed, kills, rollout);
    System.out.printf("killed %d times in a rollout to %d devices%n", kills, IDS.size());
    assertThat(kills).as(told).isPositive();
    assertThat(rollout.path("succeeded").asBoolean()).as(told).isTrue();
    assertThat(heard).as(told).containsExactlyInAnyOrderElementsOf(IDS);
    assertThat(heard).as(told).extracting(id -> wave(rollout, id)).isSorted();
    devices.forEach((id, device) -> assertThat(device.orders).as("%s, %s", id, told).hasSize(1));
  }

  private List<Phase> follow(DeviceId id, Order order) {
    heard.add(id);
    return List.of(Phase.PULLING, SimulatedDevice.finalPhase(order));
  }

  private void connectAll() {
    devices.values().forEach(ControllerProgram::connect);
  }

  private void begin() {
    ObjectNode body =
        program
            .rest()
            .json()
            .createObjectNode()
            .put("action", "apply")
            .put("appManifest", program.app(1880))
            .put(
                "manifest",
                """
                apiVersion: bumpless.dev/v1
                kind: Rollout
                name: pump-2
                app: pump.yaml
                target: { all: true }
                waves: [ { devices: 1, after: 2s }, { devices: 4, after: 2s }, { percent: 100 } ]
                limits: { perMinute: 60 }
                deadline: 10m
                """);
    Reply begun = program.rest().post("/api/v1/rollouts", body.toString());
    assertThat(begun.status()).as("%s", begun.body()).isEqualTo(202);
  }

  private boolean isDone() {
    return rollout().path("done").asBoolean();
  }

  private JsonNode rollout() {
    return program.rest().get("/api/v1/rollouts/pump-2").body();
  }

  private static int wave(JsonNode rollout, DeviceId id) {
    for (JsonNode row : rollout.path("devices")) {
      if (row.path("device").asText().equals(id.value())) {
        return row.path("wave").asInt();
      }
    }
    throw new AssertionError(id + " is not in " + rollout);
  }
}
