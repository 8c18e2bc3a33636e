package dev.bumpless.router.table;

import java.time.Duration;

/** What the holds of an app came to, since the router started. Guarded by the gate's write lock. */
public final class HoldStats {
  private long holds;
  private long lost;
  private long parked;
  private int mostParked;
  private Duration last = Duration.ZERO;
  private Duration longest = Duration.ZERO;

  void add(Ended ended) {
    holds++;
    lost += ended.cause() == Ended.Cause.RELEASED ? 0 : 1;
    parked += ended.parked();
    mostParked = Math.max(mostParked, ended.parked());
    last = ended.held();
    longest = last.compareTo(longest) > 0 ? last : longest;
  }

  HoldStats copy() {
    HoldStats copy = new HoldStats();
    copy.holds = holds;
    copy.lost = lost;
    copy.parked = parked;
    copy.mostParked = mostParked;
    copy.last = last;
    copy.longest = longest;
    return copy;
  }

  @Override
  public String toString() {
    return "holds=%d lost=%d parked=%d most-parked=%d last-held=%dus longest-held=%dus"
        .formatted(
            holds, lost, parked, mostParked, last.toNanos() / 1000, longest.toNanos() / 1000);
  }
}
