package dev.bumpless.controller.rollout;

import dev.bumpless.manifest.RolloutLimits;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import java.time.Instant;
import java.util.Optional;

/**
 * One device of a rollout.
 *
 * @param place its wave and site
 * @param issued whether its order was made, and not recalled since. A verdict leaves it, also one
 *     that took the order back; the first report of a recalled order sets it again, so that it is
 *     recalled once more
 * @param issuedAt when the newest order was made for it, withdrawn or not
 * @param sequence that this order got when it was made; what the device says, where the store has
 *     forgotten that; 0 where the device has none. Tells which of two targets of a device was asked
 *     later, whatever the clock was at each
 * @param report the newest that the device said of that order
 * @param verdict final word of the controller
 * @param excused whether its failure was seen by a person who let the rollout go on
 */
public record Target(
    DeviceId device,
    Order.Action action,
    Place place,
    boolean issued,
    Optional<Instant> issuedAt,
    long sequence,
    Optional<AppReport> report,
    Optional<Verdict> verdict,
    boolean excused,
    Instant updatedAt) {

  /**
   * Where a device stands in a rollout.
   *
   * @param wave from 0
   * @param site value of the label; empty where the device has none
   */
  public record Place(int wave, Optional<String> site) {
    /** In a rollout without waves. */
    public static final Place ANY = new Place(0, Optional.empty());
  }

  /**
   * What the controller says of a device, whatever that says itself.
   *
   * @param reason for a person
   */
  public record Verdict(Phase phase, String reason) {
    /** What is true only until the device says otherwise: it was late, or did it after all. */
    boolean yieldsTo(AppReport news) {
      return (phase == Phase.EXPIRED || phase == Phase.CANCELLED)
          && news.phase().isFinal()
          && news.phase() != Phase.CANCELLED;
    }
  }

  /** What a target counts as. */
  public enum Outcome {
    OPEN,
    SUCCEEDED,
    FAILED,
    /** It is not this rollout's any more. */
    LEFT_OUT
  }

  /** A device whose order is still to be made. */
  public static Target planned(DeviceId device, Order.Action action, Instant now) {
    return planned(device, action, Place.ANY, now);
  }

  public static Target planned(DeviceId device, Order.Action action, Place place, Instant now) {
    return new Target(
        device,
        action,
        place,
        false,
        Optional.empty(),
        0,
        Optional.empty(),
        Optional.empty(),
        false,
        now);
  }

  /** Where it is; {@code WAITING} until the device has said that it heard of it. */
  public Phase phase() {
    return verdict.map(Verdict::phase).or(() -> report.map(AppReport::phase)).orElse(Phase.WAITING);
  }

  public boolean isFinished() {
    return phase().isFinal();
  }

  /** Whether an order is out and nothing final came back. */
  public boolean isInFlight() {
    return isAsked() && !isFinished();
  }

  /** As {@link #isInFlight}; or its order was taken back, and may have been heard before. */
  public boolean mayBeUnderWay() {
    return isInFlight() || (sequence > 0 && !isFinished());
  }

  /** Whether the device has said that it touches, or has touched, what runs. */
  public boolean hasBegun() {
    return report.filter(said -> !said.phase().isStaging()).isPresent();
  }

  /** Whether its order was taken back, and the device has not said yet that it dropped it. */
  public boolean isBeingTakenBack() {
    return !issued && isInFlight();
  }

  /**
   * Whether this device was ever asked: its order was made and not recalled, or it has spoken of
   * one. An order that was taken back with a verdict counts.
   */
  public boolean isAsked() {
    return issued || report.isPresent();
  }

  /** Whether a report is of this action, and not of the attempt before a retry. */
  public boolean isMeantBy(AppReport said) {
    return !(action instanceof Order.Run run)
        || said.revision().filter(run.revision()::equals).isPresent();
  }

  public Outcome outcome(RolloutLimits limits) {
    if (!isFinished()) {
      return Outcome.OPEN;
    }
    if (phase() == Phase.SUPERSEDED || phase() == Phase.CANCELLED) {
      return Outcome.LEFT_OUT;
    }
    return phase().isSuccess() && !hasLongGap(limits) ? Outcome.SUCCEEDED : Outcome.FAILED;
  }

  /** Whether clients went without an answer for longer than they may. */
  public boolean hasLongGap(RolloutLimits limits) {
    return limits.gap().isPresent()
        && report
            .flatMap(AppReport::gap)
            .filter(gap -> gap.compareTo(limits.gap().get()) > 0)
            .isPresent();
  }

  /**
   * @param order its sequence
   */
  public Target withIssued(long order, Instant now) {
    return new Target(
        device, action, place, true, Optional.of(now), order, report, verdict, excused, now);
  }

  /** Its order was taken back; a device that had it has still to say that it dropped it. */
  public Target withRecalled(Instant now) {
    return new Target(
        device, action, place, false, issuedAt, sequence, report, verdict, excused, now);
  }

  public Target withReport(AppReport news, Instant now) {
    if (news.phase() == Phase.CANCELLED) {
      return dropped(news.sequence(), now);
    }
    Optional<Verdict> left = verdict.filter(v -> !v.yieldsTo(news));
    Optional<Instant> at = issuedAt.isPresent() ? issuedAt : Optional.of(now);
    boolean stands = issued || report.isEmpty();
    long made = sequence > 0 ? sequence : news.sequence();
    return new Target(
        device, action, place, stands, at, made, Optional.of(news), left, excused, now);
  }

  /**
   * The device has dropped the order that was taken back, so it is as if it had never been asked.
   * Where the order was said again since, that is old news.
   *
   * @param said of the word that it dropped it for
   */
  private Target dropped(long said, Instant now) {
    return issued && said < sequence
        ? this
        : new Target(
            device, action, place, false, issuedAt, 0, Optional.empty(), verdict, excused, now);
  }

  public Target withVerdict(Phase phase, String reason, Instant now) {
    Optional<Verdict> word = Optional.of(new Verdict(phase, reason));
    return new Target(
        device, action, place, issued, issuedAt, sequence, report, word, excused, now);
  }

  public Target withVerdict(Phase phase, Instant now) {
    return withVerdict(phase, "", now);
  }

  public Target withExcuse(Instant now) {
    return new Target(
        device, action, place, issued, issuedAt, sequence, report, verdict, true, now);
  }

  /** To be asked again; the minute in which it was asked before still counts. */
  public Target withRetry(Order.Action again, Instant now) {
    return new Target(
        device, again, place, false, issuedAt, 0, Optional.empty(), Optional.empty(), false, now);
  }
}
