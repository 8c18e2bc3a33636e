package dev.bumpless.simulator;

import dev.bumpless.agent.swap.Reporter;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceId;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** What each device said last, so that the controller need not be asked all the time. */
final class Ends {
  private final Map<DeviceId, AppReport> newest = new ConcurrentHashMap<>();

  /** How many devices are at the end of that rollout, by their own words. */
  long of(UUID rollout) {
    return newest.values().stream()
        .filter(report -> report.order().equals(rollout) && report.phase().isFinal())
        .count();
  }

  /** The devices that have that rollout's order. */
  Set<DeviceId> touched(UUID rollout) {
    return newest.entrySet().stream()
        .filter(entry -> entry.getValue().order().equals(rollout))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** Hands on what a device says, and notes it. */
  Reporter noting(DeviceId device, Reporter next) {
    return new Reporter() {
      @Override
      public void report(AppReport report) {
        newest.put(device, report);
        next.report(report);
      }

      @Override
      public void pulling(AppName app, UUID order, String image, long done, long total) {
        next.pulling(app, order, image, done, total);
      }
    };
  }
}
