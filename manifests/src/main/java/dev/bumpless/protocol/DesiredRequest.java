package dev.bumpless.protocol;

import dev.bumpless.manifest.AppName;
import java.util.Map;
import java.util.UUID;

/**
 * What a device asks after every connect: all orders newer than those it has.
 *
 * @param sequences the newest order that it has accepted, for each app
 */
public record DesiredRequest(DeviceId device, UUID boot, Map<AppName, Long> sequences) {
  public DesiredRequest {
    sequences = Map.copyOf(sequences);
  }
}
