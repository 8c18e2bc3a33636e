package dev.bumpless.controller.fleet;

import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Since when each device that is there says nothing. That one died is the broker's to tell, by its
 * will; but a will can be lost, and then nobody else says it.
 *
 * <p>A silence counts only while somebody listens: where nobody looked for a heartbeat, because the
 * controller slept or its clock was set, all of them begin anew. In memory, one entry a device.
 * Used by the link's thread alone.
 */
final class Silence {
  private static final Duration HEARTBEAT = Duration.ofSeconds(DeviceReport.HEARTBEAT_SECONDS);

  /** Two reports went missing, and the next is half as late: 25 minutes. */
  static final Duration LONGEST = HEARTBEAT.multipliedBy(5).dividedBy(2);

  private static final Duration EVERY = Duration.ofMinutes(1);

  private final Map<DeviceId, Instant> heard = new HashMap<>();
  private Instant lookedAt = Instant.MIN;
  private Instant listeningSince = Instant.MIN;

  /** It is there, and was heard just now. */
  void begins(DeviceId device, Instant now) {
    heard.put(device, now);
  }

  /** It was heard; whoever is not there stays away. */
  void isBrokenBy(DeviceId device, Instant now) {
    heard.replace(device, now);
  }

  void forget(DeviceId device) {
    heard.remove(device);
  }

  void forgetAll() {
    heard.clear();
  }

  /** Whoever was not heard for {@link #LONGEST}, and since when. Looks once {@link #EVERY}. */
  Map<DeviceId, Instant> tooLong(Instant now) {
    boolean isClockSetBack = now.isBefore(lookedAt);
    if (!isClockSetBack && now.minus(EVERY).isBefore(lookedAt)) {
      return Map.of();
    }
    if (isClockSetBack || now.minus(HEARTBEAT).isAfter(lookedAt)) {
      listeningSince = now;
    }
    lookedAt = now;
    Instant limit = now.minus(LONGEST);
    if (listeningSince.isAfter(limit)) {
      return Map.of();
    }
    return heard.entrySet().stream()
        .filter(entry -> !entry.getValue().isAfter(limit))
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
