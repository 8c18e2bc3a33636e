package dev.bumpless.controller.rollout;

import dev.bumpless.controller.rollout.RolloutStep.IssueOrder;
import dev.bumpless.controller.rollout.RolloutStep.Supersede;
import dev.bumpless.protocol.DeviceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides what a rollout needs next; touches nothing. What its steps change is to be planned again,
 * until nothing is left to do but to wait.
 *
 * <p>Without waves it is all devices at once, whether they are there or not: an order waits for its
 * device. With waves it is {@link WavePlanner}'s to say.
 */
public final class RolloutPlanner {
  private RolloutPlanner() {}

  /** Empty when there is nothing to do but to wait. */
  public static List<RolloutStep> plan(Rollout rollout, Surroundings around, Instant now) {
    List<RolloutStep> steps = new ArrayList<>();
    for (Target target : rollout.targets()) {
      if (!target.isFinished() && around.taken().contains(target.device())) {
        steps.add(new Supersede(target));
      }
    }
    if (!steps.isEmpty()) {
      return steps;
    }
    Optional<Course> course = rollout.course();
    return course.isPresent()
        ? new WavePlanner(rollout.targets(), course.get(), now).plan(around.matching())
        : atOnce(rollout);
  }

  /** Why each device that could get an order does not get it now, for a person. */
  public static Map<DeviceId, String> waiting(Rollout rollout, Instant now) {
    return rollout
        .course()
        .map(course -> new WavePlanner(rollout.targets(), course, now).waiting())
        .orElse(Map.of());
  }

  private static List<RolloutStep> atOnce(Rollout rollout) {
    return rollout.targets().stream()
        .filter(target -> !target.isFinished() && !target.issued())
        .<RolloutStep>map(IssueOrder::new)
        .toList();
  }
}
