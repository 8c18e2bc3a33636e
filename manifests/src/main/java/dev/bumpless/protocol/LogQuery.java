package dev.bumpless.protocol;

import dev.bumpless.manifest.AppName;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Asks a device for a container's log; signed by the order key like an order, and single use.
 *
 * @param tail newest lines to begin with, 0 to 10,000
 * @param slot empty for the serving one
 * @param cancel true ends the stream of that id
 */
public record LogQuery(
    UUID id,
    DeviceId device,
    AppName app,
    Optional<String> container,
    Optional<String> slot,
    int tail,
    boolean follow,
    boolean cancel,
    Instant expires) {}
