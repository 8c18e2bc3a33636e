package dev.bumpless.controller.source;

import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.fleet.Selection;
import dev.bumpless.controller.rollout.Rollouts;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Holds what devices report against what was applied. Where two things of a source brought the same
 * app to a device, the one that was applied last counts: an old rollout's file may stay.
 */
record DriftFinder(Fleet fleet, Rollouts rollouts) {
  /** So many are told; whoever drifts by more has one cause for all of them. */
  static final int MOST_TOLD = 100;

  /**
   * @param applied newest first
   */
  List<Drift> find(List<Unit> units, List<Applied> applied) {
    Map<String, Unit> byKey = units.stream().collect(Collectors.toMap(Unit::key, unit -> unit));
    List<Device> devices = fleet.devices();
    Map<AppName, Set<DeviceId>> judged = new HashMap<>();
    List<Drift> drift = new ArrayList<>();
    for (Applied last : applied) {
      Unit unit = byKey.get(last.unit());
      if (unit != null && last.release().isPresent()) {
        Selection meant = Selection.of(unit.target());
        String wants = last.release().get().toString();
        Set<DeviceId> seen = judged.computeIfAbsent(last.app(), app -> new HashSet<>());
        devices.stream()
            .filter(device -> meant.includes(device) && seen.add(device.id()))
            .forEach(device -> compare(device, last.release().get(), drift));
        strangers(unit, devices).forEach(id -> add(drift, id, last.app(), wants, "no such device"));
      }
    }
    applied.stream()
        .filter(last -> !byKey.containsKey(last.unit()) && !judged.containsKey(last.app()))
        .map(Applied::app)
        .distinct()
        .forEach(app -> devices.forEach(device -> leftOver(device, app, drift)));
    return drift;
  }

  private void compare(Device device, ReleaseId wanted, List<Drift> drift) {
    Optional<AppReport> report = device.app(wanted.app());
    Optional<ReleaseId> serving = serving(report);
    if (!serving.equals(Optional.of(wanted))) {
      String runs =
          serving
              .map(ReleaseId::toString)
              .or(() -> report.map(r -> r.phase().name()))
              .orElse(Drift.NOTHING);
      add(drift, device.id().value(), wanted.app(), wanted.toString(), runs);
    }
  }

  /** Nothing asks for it any more; a file that is gone removes nothing by itself. */
  private void leftOver(Device device, AppName app, List<Drift> drift) {
    serving(device.app(app))
        .ifPresent(
            release -> add(drift, device.id().value(), app, Drift.NOTHING, release.toString()));
  }

  private void add(List<Drift> drift, String device, AppName app, String wants, String runs) {
    if (drift.size() < MOST_TOLD) {
      boolean isUnderWay =
          !wants.equals(Drift.NOTHING) && rollouts.isUnderWay(new DeviceId(device), app);
      drift.add(new Drift(device, app, wants, runs, isUnderWay));
    }
  }

  private static Optional<ReleaseId> serving(Optional<AppReport> report) {
    return report
        .filter(r -> r.phase() != Phase.DELETED)
        .flatMap(AppReport::serving)
        .map(Revision::release);
  }

  private static Set<String> strangers(Unit unit, List<Device> devices) {
    Set<String> named = new TreeSet<>(unit.target().devices());
    devices.forEach(device -> named.remove(device.id().value()));
    return named;
  }
}
