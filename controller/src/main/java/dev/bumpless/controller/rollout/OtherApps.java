package dev.bumpless.controller.rollout;

import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.release.ReleaseService;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.util.List;
import java.util.Optional;

/** What else runs on a device, for the preflight. */
record OtherApps(OrderStore orders, ReleaseService releases) {

  /** The releases that the other apps of a device serve or are about to. */
  List<Release> on(Device device, AppName app) {
    return orders.ordersOf(device.id()).stream()
        .filter(stored -> !stored.order().app().equals(app))
        .flatMap(stored -> releaseThere(stored, device).stream())
        .map(id -> releases.require(id).release())
        .toList();
  }

  /** What was ordered; but where that failed or was withdrawn, what serves, if anything does. */
  private static Optional<ReleaseId> releaseThere(StoredOrder stored, Device device) {
    Order order = stored.order();
    Optional<AppReport> report = device.app(order.app());
    boolean isFailed =
        report
            .filter(said -> said.order().equals(order.id()))
            .filter(said -> said.phase().isFinal() && !said.phase().isSuccess())
            .isPresent();
    return isFailed || stored.withdrawn()
        ? report.flatMap(AppReport::serving).map(Revision::release)
        : Rollout.releaseOf(order.action());
  }
}
