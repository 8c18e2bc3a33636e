package dev.bumpless.manifest;

import java.util.Optional;

/**
 * A route of the app: where the router listens, and the container port that it feeds.
 *
 * @param address listening address; empty for the device's default (0.0.0.0 unless configured)
 * @param listen 1 to 65535
 * @param target port in the container, 1 to 65535
 */
public record Port(
    Optional<String> address, int listen, String container, int target, Protocol protocol) {

  /** What the router understands of the bytes. */
  public enum Protocol {
    HTTP,
    MODBUS,
    TCP,
    UDP
  }

  public Port {
    InvalidManifestException.check(
        listen >= 1 && listen <= 65535, "port %d: expected 1 to 65535", listen);
    InvalidManifestException.check(
        target >= 1 && target <= 65535, "target %d: expected 1 to 65535", target);
  }
}
