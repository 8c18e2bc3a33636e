package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Container;
import dev.bumpless.protocol.ReleaseNeeds;
import java.util.List;
import java.util.Optional;

/**
 * Signs of a broken instance that need no probe. The engine's restart hides a death from probes, so
 * it counts by itself.
 */
final class Signals {

  /**
   * A single request may meet a connection that was just closed; a broken instance refuses many. Of
   * answers that are late a machine that stalls for a moment has many, too: there they have to be
   * more than one in a hundred.
   */
  static final long FAILURES_TO_FALL = 3;

  /** 128 and the number of the signal, as shells count. */
  private static final int SIGKILLED = 137;

  private Signals() {}

  /** What is wrong with the containers of an instance that was started, for a person. */
  static Optional<String> death(App app, InstanceKey key, ObservedApp seen) {
    List<ObservedContainer> own = seen.of(key);
    for (Container wanted : app.containers()) {
      Optional<ObservedContainer> found =
          own.stream().filter(c -> c.container().equals(wanted.name())).findFirst();
      if (found.isEmpty()) {
        return Optional.of("container '%s' of %s is gone".formatted(wanted.name(), key.place()));
      }
      Optional<String> death = death(wanted, found.get());
      if (death.isPresent()) {
        return death.map(d -> "container '%s' of %s %s".formatted(wanted.name(), key.place(), d));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> death(Container wanted, ObservedContainer found) {
    if (found.oomKilled()) {
      return Optional.of(
          "was killed for memory (%s): raise 'resources.memory' or mend the leak"
              .formatted(limit(wanted.resources())));
    }
    return switch (found.state()) {
      case EXITED, DEAD ->
          Optional.of(
              "exited with code %d%s%s"
                  .formatted(found.exitCode(), killed(wanted, found), saying(found)));
      case RESTARTING -> Optional.of("keeps restarting" + killed(wanted, found) + saying(found));
      case CREATED, RUNNING, PAUSED ->
          found.restarts() > 0
              ? Optional.of("was restarted %d time(s)%s".formatted(found.restarts(), saying(found)))
              : Optional.empty();
    };
  }

  /** The engine tells of memory only where it hears of that before it hears of the end. */
  private static String killed(Container wanted, ObservedContainer found) {
    return found.exitCode() == SIGKILLED
        ? " (killed, by somebody or for memory, %s)".formatted(limit(wanted.resources()))
        : "";
  }

  /** None needs a waiver; then the machine's memory was all that there was. */
  static String limit(Container.Resources resources) {
    return resources.memoryBytes() == 0
        ? "no limit"
        : "limit " + ReleaseNeeds.mebi(resources.memoryBytes());
  }

  /** Whether a container is what somebody gave as the reason. */
  static boolean isOfContainer(String reason) {
    return reason.contains("container '");
  }

  /** Its log goes with it, so that the reason is told here. */
  private static String saying(ObservedContainer found) {
    return found.lastWords().isEmpty()
        ? " and wrote nothing that tells why"
        : "; it wrote last: '" + found.lastWords() + "'";
  }

  /** What is wrong with an instance that serves and is watched. */
  static Optional<String> fall(App app, InstanceKey key, ObservedApp seen) {
    return death(app, key, seen)
        .or(() -> unhealthy(key, seen))
        .or(() -> fallenPulse(key, seen))
        .or(() -> failedRequests(key, seen));
  }

  private static Optional<String> unhealthy(InstanceKey key, ObservedApp seen) {
    return seen.of(key).stream()
        .filter(c -> c.health().filter(h -> !h).isPresent())
        .findFirst()
        .map(
            c ->
                "container '%s' of %s fails its image's own health check"
                    .formatted(c.container(), key.place()));
  }

  private static Optional<String> fallenPulse(InstanceKey key, ObservedApp seen) {
    return seen.notes()
        .of(key)
        .pulse()
        .filter(Pulse::isFallen)
        .map(
            p ->
                "%s failed %d probes in a row: %s"
                    .formatted(key.place(), p.failures(), p.message()));
  }

  private static Optional<String> failedRequests(InstanceKey key, ObservedApp seen) {
    RouteControl.Traffic traffic = seen.traffic().get(key);
    if (traffic == null) {
      return Optional.empty();
    }
    long broken = traffic.breaks() - seen.notes().of(key).failuresBefore().orElse(0L);
    if (broken >= FAILURES_TO_FALL) {
      return Optional.of(
          "%s refused or dropped %d requests of clients".formatted(key.place(), broken));
    }
    boolean isSilent =
        traffic.timeouts() >= FAILURES_TO_FALL && traffic.timeouts() * 100 > traffic.answered();
    return isSilent
        ? Optional.of(
            "%s left %d requests of clients without an answer in time, and answered %d"
                .formatted(key.place(), traffic.timeouts(), traffic.answered()))
        : Optional.empty();
  }

  /** Whether its image's own health check stands against it, or has not spoken yet. */
  static boolean isUnhealthy(InstanceKey key, ObservedApp seen) {
    return seen.of(key).stream().anyMatch(c -> c.health().filter(h -> !h).isPresent());
  }
}
