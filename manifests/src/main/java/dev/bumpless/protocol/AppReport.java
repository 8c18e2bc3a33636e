package dev.bumpless.protocol;

import dev.bumpless.manifest.AppName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What a device says of one app.
 *
 * @param order the newest order heard for it
 * @param revision what that order asks for; empty for stop and delete
 * @param serving what the route table names now
 * @param slot {@code blue} or {@code green}, of {@code serving}
 * @param gap longest time in which a synthetic client got no answer during the last swap
 * @param hold how long requests were parked in it
 * @param wayBack during a bake, whether what clients write is carried back to the old slot: {@code
 *     open}, or {@code closed: } and its cause; empty where no state is carried
 * @param steps what the swap has done so far and how long each took
 * @param message for a person: what is going on, or what failed, why, and what to do next
 * @param containers state of each container of the serving slot, by {@code instance/name}
 */
public record AppReport(
    AppName app,
    UUID order,
    long sequence,
    Phase phase,
    Optional<Revision> revision,
    Optional<Revision> serving,
    Optional<String> slot,
    Optional<Duration> gap,
    Optional<Duration> hold,
    Optional<String> wayBack,
    List<StepTime> steps,
    String message,
    Map<String, String> containers,
    Instant at) {
  public AppReport {
    steps = List.copyOf(steps);
    containers = Map.copyOf(containers);
  }

  /** One step of a swap and the time it took. */
  public record StepTime(String name, Duration took) {}
}
