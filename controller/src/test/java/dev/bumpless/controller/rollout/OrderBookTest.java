package dev.bumpless.controller.rollout;

import static dev.bumpless.controller.rollout.Desk.PUMP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.controller.fleet.Selection;
import dev.bumpless.manifest.Opening;
import dev.bumpless.protocol.Assignment;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.MalformedMessageException;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OrderBookTest {
  private static final Opening OPENING =
      new Opening(Desk.START.plusSeconds(3600), Desk.START.plusSeconds(7200));

  private final Desk desk = new Desk();
  private final DeviceId one = desk.online("dev-1");

  @BeforeEach
  void order() {
    desk.apply("reg.example/pump:1", Selection.NONE);
  }

  @Test
  void anOrderTravelsWithItsReleaseUntilTheDeviceHasAcceptedIt() {
    assertThat(desk.book.unheard(one, desk.now))
        .singleElement()
        .satisfies(
            assignment ->
                assertThat(assignment.release())
                    .contains(desk.releases.requireNewest(PUMP).envelope()));

    desk.says(one, Phase.RECEIVED);

    assertThat(desk.book.unheard(one, desk.now)).isEmpty();
  }

  @Test
  void anOrderThatExpiredIsSignedAnewWithTheNextSequence() throws Exception {
    desk.now = desk.now.plus(Duration.ofDays(9));

    Order renewed = onlyOrder();

    assertThat(renewed.sequence()).isEqualTo(2);
    assertThat(renewed.expires()).isAfter(desk.now);
    assertThat(renewed.id()).isEqualTo(desk.order(one).id());
  }

  @Test
  void whatIsForcedStaysSoWhenItIsSignedAnew() throws Exception {
    Order first = desk.order(one);
    desk.says(one, Phase.WAITING);

    assertThat(desk.book.force(first.id(), one, PUMP, desk.now)).isTrue();
    assertThat(desk.book.force(first.id(), one, PUMP, desk.now)).isTrue();
    desk.now = desk.now.plus(Duration.ofDays(9));
    Order renewed = onlyOrder();

    assertThat(first.waitsForNobody()).isFalse();
    assertThat(renewed.waitsForNobody()).isTrue();
    assertThat(renewed.id()).isEqualTo(first.id());
    assertThat(renewed.action()).isEqualTo(first.action());
    assertThat(renewed.sequence()).isEqualTo(3);
  }

  @Test
  void whatWasWithdrawnOrIsAnothersCannotBeForced() {
    Order order = desk.order(one);

    assertThat(desk.book.force(new java.util.UUID(9, 9), one, PUMP, desk.now)).isFalse();
    desk.book.withdraw(order.id(), one, PUMP);
    assertThat(desk.book.force(order.id(), one, PUMP, desk.now)).isFalse();
    assertThat(desk.order(one)).isEqualTo(order);
  }

  @Test
  void anOrderThatWaitsForAWindowIsTakenBackAndThatIsSaidUntilItIsHeard() throws Exception {
    Order first = wait(OPENING);
    desk.says(one, Phase.WAITING);

    assertThat(desk.book.cancel(first.id(), one, PUMP, "why", desk.now)).isTrue();
    assertThat(desk.book.cancel(first.id(), one, PUMP, "again", desk.now)).isTrue();
    assertThat(desk.book.withdraw(first.id(), one, PUMP)).isTrue();
    desk.now = desk.now.plus(Duration.ofDays(9));

    assertThat(onlyOrder().cancelled()).contains("why");
    assertThat(onlyOrder().action()).isEqualTo(first.action());
    assertThat(desk.book.force(first.id(), one, PUMP, desk.now)).isFalse();
  }

  @Test
  void whatBeginsAsSoonAsItIsThereIsNotTakenBack() {
    Order atOnce = desk.order(one);
    desk.says(one, Phase.WAITING);

    assertThat(desk.book.cancel(atOnce.id(), one, PUMP, "why", desk.now)).isFalse();
    assertThat(desk.book.cancel(new java.util.UUID(9, 9), one, PUMP, "why", desk.now)).isFalse();
    assertThat(desk.order(one)).isEqualTo(atOnce);
  }

  @Test
  void whatIsForcedStaysSoWhenItIsSaidAgainWithTheNextOpening() {
    Order first = wait(OPENING);
    desk.book.force(first.id(), one, PUMP, desk.now);

    Order again =
        desk.book.issue(first.id(), one, first.action(), Optional.of(OPENING), desk.now).order();

    assertThat(again.waitsForNobody()).isTrue();
    assertThat(again.opening()).isEmpty();
  }

  private Order wait(Opening opening) {
    Order order = desk.order(one);
    return desk.book.issue(order.id(), one, order.action(), Optional.of(opening), desk.now).order();
  }

  @Test
  void aDeviceThatLostItsMemoryGetsEverythingAgain() {
    desk.says(one, Phase.COMMITTED);

    desk.rollouts.holds(one, Map.of(), desk.now);

    assertThat(desk.book.unheard(one, desk.now)).hasSize(1);
  }

  @Test
  void aDeviceThatHoldsTheNewestGetsNothing() {
    desk.rollouts.holds(one, Map.of(PUMP, 1L), desk.now);

    assertThat(desk.book.unheard(one, desk.now)).isEmpty();
  }

  @Test
  void aDeleteThatWasDoneLeavesNothingToHold() {
    desk.start(new Command.Delete(PUMP));
    desk.says(one, Phase.DELETED);

    desk.rollouts.holds(one, Map.of(), desk.now);

    assertThat(desk.book.unheard(one, desk.now)).isEmpty();
  }

  @Test
  void aControllerWhoseMemoryIsOlderThanTheDevicesCountsOnFromThere() throws Exception {
    desk.rollouts.holds(one, Map.of(PUMP, 41L), desk.now);

    assertThat(onlyOrder().sequence()).isEqualTo(42);
  }

  @Test
  void sequencesOfADeviceGrowOverAllItsApps() {
    desk.apply("valve", "reg.example/valve:1", 1502, new Selection(List.of(one), Map.of(), false));
    desk.apply("reg.example/pump:2", Selection.NONE);

    assertThat(desk.orderStore.ordersOf(one))
        .extracting(stored -> stored.order().sequence())
        .containsExactly(2L, 3L);
  }

  private Order onlyOrder() throws MalformedMessageException {
    List<Assignment> unheard = desk.book.unheard(one, desk.now);
    assertThat(unheard).hasSize(1);
    return desk.codec.decode(unheard.get(0).order().payloadBytes(), Order.class);
  }
}
