package dev.bumpless.agent.docker;

import com.github.dockerjava.api.command.HealthState;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.ContainerNetwork;
import dev.bumpless.agent.swap.ObservedContainer;
import dev.bumpless.agent.swap.ObservedContainer.State;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the engine's description of a container. */
final class Observation {
  private Observation() {}

  static ObservedContainer of(InspectContainerResponse found, Labels labels, String bridge) {
    InspectContainerResponse.ContainerState state = found.getState();
    return new ObservedContainer(
        found.getId(),
        labels.instance(),
        labels.revision(),
        labels.container(),
        address(found, bridge),
        state(state.getStatus()),
        state.getExitCodeLong() == null ? 0 : state.getExitCodeLong().intValue(),
        Boolean.TRUE.equals(state.getOOMKilled()),
        found.getRestartCount() == null ? 0 : found.getRestartCount(),
        instant(state.getStartedAt()),
        health(state.getHealth()),
        "");
  }

  /** The fixed address, which a stopped container has too; empty where it has none. */
  private static String address(InspectContainerResponse found, String bridge) {
    if ("host".equals(found.getHostConfig().getNetworkMode())) {
      return "127.0.0.1";
    }
    Map<String, ContainerNetwork> networks = found.getNetworkSettings().getNetworks();
    ContainerNetwork network = networks == null ? null : networks.get(bridge);
    if (network == null || network.getIpamConfig() == null) {
      return "";
    }
    String fixed = network.getIpamConfig().getIpv4Address();
    return fixed == null ? "" : fixed;
  }

  static State state(@Nullable String status) {
    return switch (status == null ? "" : status) {
      case "created" -> State.CREATED;
      case "running" -> State.RUNNING;
      case "paused" -> State.PAUSED;
      case "restarting" -> State.RESTARTING;
      case "exited" -> State.EXITED;
      default -> State.DEAD;
    };
  }

  /** The epoch where it was never started: the engine says year 1. */
  static Instant instant(@Nullable String text) {
    try {
      Instant at = text == null || text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
      return at.isBefore(Instant.EPOCH) ? Instant.EPOCH : at;
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }

  /** Nothing is known while the image's own check has not decided. */
  private static Optional<Boolean> health(@Nullable HealthState health) {
    String status = health == null || health.getStatus() == null ? "" : health.getStatus();
    return switch (status) {
      case "healthy" -> Optional.of(true);
      case "unhealthy" -> Optional.of(false);
      default -> Optional.empty();
    };
  }
}
