package dev.bumpless.agent;

import dev.bumpless.agent.lease.LeaseDoors;
import dev.bumpless.agent.swap.Desired;
import dev.bumpless.agent.swap.Reporter;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Gives every app that is ordered a door for its leases, until it is deleted. For any thread. */
final class DoorKeeper implements Reporter {
  private final LeaseDoors doors;
  private final Reporter next;
  private final Map<AppName, Long> newest = new ConcurrentHashMap<>();

  DoorKeeper(LeaseDoors doors, Reporter next) {
    this.doors = doors;
    this.next = next;
  }

  /** Before the order is obeyed: the containers that come may mount the door's folder. */
  void ordered(Desired desired) {
    newest.put(desired.order().app(), desired.order().sequence());
    doors.open(desired.order().app());
  }

  @Override
  public void report(AppReport report) {
    boolean isGone = report.phase() == Phase.DELETED;
    if (isGone && newest.remove(report.app(), report.sequence())) {
      doors.shut(report.app());
    }
    next.report(report);
  }

  @Override
  public void pulling(AppName app, UUID order, String image, long doneBytes, long totalBytes) {
    next.pulling(app, order, image, doneBytes, totalBytes);
  }
}
