package dev.bumpless.controller.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.controller.rollout.RolloutStep.IssueOrder;
import dev.bumpless.controller.rollout.RolloutStep.Supersede;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RolloutPlannerTest {
  private static final DeviceId ONE = new DeviceId("dev-1");
  private static final DeviceId TWO = new DeviceId("dev-2");
  private static final Target FRESH = Target.planned(ONE, new Order.Stop(Desk.PUMP), Desk.START);
  private static final Target ISSUED = FRESH.withIssued(1, Desk.START);

  @Test
  void everyDeviceGetsItsOrderAtOnce() {
    Target second = Target.planned(TWO, FRESH.action(), Desk.START);

    assertThat(plan(Set.of(), FRESH, second))
        .containsExactly(new IssueOrder(FRESH), new IssueOrder(second));
  }

  @Test
  void anOrderIsMadeOnce() {
    assertThat(plan(Set.of(), ISSUED)).isEmpty();
  }

  @Test
  void aDeviceThatANewerRolloutHasIsGivenUp() {
    assertThat(plan(Set.of(ONE), ISSUED)).containsExactly(new Supersede(ISSUED));
    assertThat(plan(Set.of(ONE), FRESH)).containsExactly(new Supersede(FRESH));
  }

  @Test
  void whatIsFinishedStaysAsItIs() {
    Target done = ISSUED.withVerdict(Phase.SUPERSEDED, Desk.START);

    assertThat(plan(Set.of(ONE), done)).isEmpty();
    assertThat(plan(Set.of(), done)).isEmpty();
  }

  private static List<RolloutStep> plan(Set<DeviceId> taken, Target... targets) {
    return RolloutPlanner.plan(
        new Rollout(new UUID(1, 1), Desk.PUMP, "stop", Desk.START, "stop pump", List.of(targets)),
        new Surroundings(taken, Map.of()),
        Desk.START);
  }
}
