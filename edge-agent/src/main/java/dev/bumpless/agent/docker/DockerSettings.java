package dev.bumpless.agent.docker;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the engine is and what of it is ours.
 *
 * @param host {@code unix:///var/run/docker.sock}
 * @param space value of the label {@code dev.bumpless.space} and first part of every name
 * @param subnet all addresses that containers get: the lower half is the device's bridge, the upper
 *     half is cut into the networks of instances with several containers
 * @param credentials a file in docker's {@code config.json} format, mode 0600
 * @param state folder for what has to be remembered over a restart
 */
public record DockerSettings(
    URI host, String space, Subnet subnet, Optional<Path> credentials, Path state) {

  /** Name of the device's bridge network. */
  String bridge() {
    return "bumpless-" + space;
  }
}
