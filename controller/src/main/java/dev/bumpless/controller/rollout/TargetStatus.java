package dev.bumpless.controller.rollout;

import dev.bumpless.controller.fleet.Device;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceReport.Rejection;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.PullProgress;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * How one device of a rollout stands, for a person: what was asked of it, what it said, and why it
 * says nothing where it is silent.
 *
 * @param release asked for; empty for stop and delete
 * @param report what the device said of this order
 * @param serving what it serves by its newest report, whatever order that belongs to
 */
public record TargetStatus(
    Target target,
    Phase phase,
    Optional<ReleaseId> release,
    Optional<AppReport> report,
    Optional<ReleaseId> serving,
    Optional<String> slot,
    Optional<PullProgress> pull,
    String message,
    boolean online) {

  /**
   * @param pull as last heard of that app on that device, of any order
   * @param waiting why it has no order yet
   */
  public static TargetStatus of(
      Rollout rollout,
      Target target,
      Device device,
      Optional<PullProgress> pull,
      Optional<String> waiting) {
    Optional<AppReport> newest = device.app(rollout.app());
    return new TargetStatus(
        target,
        target.phase(),
        Rollout.releaseOf(target.action()),
        target.report(),
        newest.flatMap(AppReport::serving).map(Revision::release),
        newest.flatMap(AppReport::slot),
        pull.filter(p -> isPulling(target, rollout.id(), p)),
        waiting.map(why -> waiting(why, device)).orElseGet(() -> message(rollout, target, device)),
        device.online());
  }

  private static boolean isPulling(Target target, UUID rollout, PullProgress pull) {
    return pull.order().equals(rollout) && target.phase() == Phase.PULLING;
  }

  /** That it is away comes first: a person can act on it whatever else it waits for. */
  private static String waiting(String why, Device device) {
    return device.online() ? why : absence(device) + "; " + why;
  }

  private static String message(Rollout rollout, Target target, Device device) {
    if (target.verdict().isPresent()) {
      return verdict(target, device);
    }
    String said = tooLong(rollout, target) + target.report().map(AppReport::message).orElse("");
    if (target.isFinished() || (device.online() && target.report().isPresent())) {
      return said;
    }
    if (!device.online()) {
      return silence(target, device) + (said.isEmpty() ? "" : "; last heard: " + said);
    }
    return "the order is on its way" + refusal(target, device);
  }

  private static String verdict(Target target, Device device) {
    Target.Verdict verdict = target.verdict().orElseThrow();
    String why =
        verdict.phase() == Phase.SUPERSEDED
            ? "a newer rollout of the app took over"
            : verdict.reason();
    boolean isSilent = verdict.phase() == Phase.EXPIRED && !device.online();
    return isSilent ? why + "; " + absence(device) : why;
  }

  /** Why a device that committed has failed all the same. */
  private static String tooLong(Rollout rollout, Target target) {
    return rollout
        .course()
        .map(course -> course.manifest().limits())
        .filter(limits -> target.phase().isSuccess() && target.hasLongGap(limits))
        .map(
            limits ->
                "failed: clients got no answer for %d ms, at most %d ms may be; "
                    .formatted(
                        target.report().flatMap(AppReport::gap).orElseThrow().toMillis(),
                        limits.gap().orElseThrow().toMillis()))
        .orElse("");
  }

  private static String silence(Target target, Device device) {
    String order =
        target.report().isPresent()
            ? "it has its order, and goes on by itself"
            : "the order is delivered when it comes back";
    return absence(device)
        + "; "
        + (device.lastSeen().isPresent() ? order : "the order is delivered when it first connects");
  }

  private static String absence(Device device) {
    return device.lastSeen().map(at -> "offline since " + at).orElse("never heard of");
  }

  /** What the device refused since the order was made: most likely that order. */
  private static String refusal(Target target, Device device) {
    List<Rejection> rejected = device.report().map(r -> r.rejected()).orElse(List.of());
    if (rejected.isEmpty()) {
      return "";
    }
    Rejection last = rejected.get(rejected.size() - 1);
    Instant since = target.updatedAt();
    return last.at().isBefore(since)
        ? ""
        : "; the device refused " + last.code() + ": " + last.message();
  }
}
