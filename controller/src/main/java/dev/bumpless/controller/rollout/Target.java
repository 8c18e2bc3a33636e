package dev.bumpless.controller.rollout;

import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import java.time.Instant;
import java.util.Optional;

/**
 * One device of a rollout.
 *
 * @param issued whether an order was made for it
 * @param report the newest that the device said of that order
 * @param verdict final word of the controller, which a later report does not change
 */
public record Target(
    DeviceId device,
    Order.Action action,
    boolean issued,
    Optional<AppReport> report,
    Optional<Phase> verdict,
    Instant updatedAt) {

  /** A device whose order is still to be made. */
  public static Target planned(DeviceId device, Order.Action action, Instant now) {
    return new Target(device, action, false, Optional.empty(), Optional.empty(), now);
  }

  /** Where it is; {@code WAITING} until the device has said that it heard of it. */
  public Phase phase() {
    return verdict.or(() -> report.map(AppReport::phase)).orElse(Phase.WAITING);
  }

  public boolean isFinished() {
    return phase().isFinal();
  }

  public Target withIssued(Instant now) {
    return new Target(device, action, true, report, verdict, now);
  }

  public Target withReport(AppReport news, Instant now) {
    return new Target(device, action, issued, Optional.of(news), verdict, now);
  }

  public Target withVerdict(Phase phase, Instant now) {
    return new Target(device, action, issued, report, Optional.of(phase), now);
  }
}
