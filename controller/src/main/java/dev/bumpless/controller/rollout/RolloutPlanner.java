package dev.bumpless.controller.rollout;

import dev.bumpless.controller.rollout.RolloutStep.IssueOrder;
import dev.bumpless.controller.rollout.RolloutStep.Supersede;
import dev.bumpless.protocol.DeviceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Decides what a rollout needs next; touches nothing. All devices at once, whether they are there
 * or not: an order waits for its device.
 */
public final class RolloutPlanner {
  private RolloutPlanner() {}

  /**
   * @param taken devices that a newer rollout of the same app has
   * @return empty when there is nothing to do but to wait
   */
  public static List<RolloutStep> plan(Rollout rollout, Set<DeviceId> taken) {
    List<RolloutStep> steps = new ArrayList<>();
    for (Target target : rollout.targets()) {
      if (target.isFinished()) {
        continue;
      }
      if (taken.contains(target.device())) {
        steps.add(new Supersede(target));
      } else if (!target.issued()) {
        steps.add(new IssueOrder(target));
      }
    }
    return steps;
  }
}
