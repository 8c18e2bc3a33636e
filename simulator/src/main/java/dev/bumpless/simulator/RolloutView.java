package dev.bumpless.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.ReleaseId;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A rollout as the controller tells it. */
record RolloutView(JsonNode json) {
  UUID id() {
    return UUID.fromString(json.path("id").asText());
  }

  boolean isDone() {
    return json.path("done").asBoolean();
  }

  /** {@code RUNNING}, {@code PAUSED} and so on. */
  String state() {
    return course().path("state").asText();
  }

  JsonNode course() {
    return json.path("course");
  }

  Stream<JsonNode> devices() {
    return StreamSupport.stream(json.path("devices").spliterator(), false);
  }

  long count(Predicate<JsonNode> which) {
    return devices().filter(which).count();
  }

  /** The wave that it is in, 1 and up. */
  int wave() {
    return course().path("wave").asInt();
  }

  /** Whose turn it is by now. */
  Set<DeviceId> upTo(int wave) {
    return devices()
        .filter(device -> device.path("wave").asInt() <= wave)
        .map(device -> new DeviceId(device.path("device").asText()))
        .collect(Collectors.toSet());
  }

  long in(Phase phase) {
    return count(device -> device.path("phase").asText().equals(phase.name()));
  }

  /** Devices that serve another release than one that has come so far should. */
  long astray(ReleaseId young, ReleaseId old) {
    return count(
        device -> {
          boolean isDone = device.path("phase").asText().equals(Phase.COMMITTED.name());
          return !device.path("serving").asText().equals((isDone ? young : old).toString());
        });
  }

  /** From the rollout to the last word that the controller noted of it. */
  Duration took() {
    Instant last =
        devices()
            .map(device -> Instant.parse(device.path("updatedAt").asText()))
            .max(Instant::compareTo)
            .orElse(Instant.EPOCH);
    return Duration.between(Instant.parse(json.path("createdAt").asText()), last);
  }
}
