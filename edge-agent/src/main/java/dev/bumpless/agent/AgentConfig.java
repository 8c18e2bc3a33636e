package dev.bumpless.agent;

import dev.bumpless.agent.docker.Subnet;
import dev.bumpless.protocol.DeviceId;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What an agent is told at its start.
 *
 * @param device who this is; the name in its certificate
 * @param broker {@code ssl://host:port}
 * @param trust folder with {@code device.p12}, {@code ca.crt} and {@code root.json}
 * @param state folder of the agent alone; another agent on it is refused
 * @param router the router's control socket
 * @param docker the engine's socket
 * @param space label and name prefix of everything that this agent makes on the engine
 * @param subnet all addresses of containers
 * @param listenAddress where ports listen that name no address
 * @param registries registry accounts in docker's {@code config.json} format, mode 0600
 * @param labels what rollouts may target
 */
record AgentConfig(
    DeviceId device,
    URI broker,
    Path trust,
    Path state,
    Path router,
    URI docker,
    String space,
    Subnet subnet,
    String listenAddress,
    Optional<Path> registries,
    Map<String, String> labels) {
  AgentConfig {
    labels = Map.copyOf(labels);
  }
}
