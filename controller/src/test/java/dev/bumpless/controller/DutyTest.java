package dev.bumpless.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.controller.lease.Lease;
import dev.bumpless.controller.lease.Leases;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DutyTest {
  private final OneLease leases = new OneLease();

  @Test
  void whoeverIsAloneIsOnDutyAtOnceAndGivesItBackAtTheEnd() throws Exception {
    Duty duty = Duty.begin(leases, "a");
    assertThat(duty.lease()).contains(new Lease("devices", "a", 1));

    duty.close();

    assertThat(leases.owner).isEmpty();
  }

  @Test
  void theNextStandsByUntilTheFirstEnds() throws Exception {
    Duty first = Duty.begin(leases, "a");
    Duty second = Duty.begin(leases, "b");
    soon().until(() -> leases.refused > 2);
    assertThat(second.lease()).isEmpty();

    first.close();

    soon().until(() -> second.lease().isPresent());
    second.close();
  }

  @Test
  void whoeverFindsThatAnotherHasItStandsByAndIsBackWithAnotherTerm() throws Exception {
    Duty duty = Duty.begin(leases, "a");

    leases.giveTo("b");
    soon().until(() -> duty.lease().isEmpty());

    leases.giveTo("");
    soon().until(() -> duty.lease().isPresent());
    assertThat(duty.lease().orElseThrow().term()).isEqualTo(4);
    duty.close();
  }

  @Test
  void aStoreThatIsAwayForAMomentCostsNobodyTheDuty() throws Exception {
    Duty duty = Duty.begin(leases, "a");
    Optional<Lease> before = duty.lease();
    leases.isAway = true;
    soon().until(() -> leases.failures > 1);

    leases.isAway = false;
    int renewals = leases.renewals;

    soon().until(() -> leases.renewals > renewals);
    assertThat(duty.lease()).isEqualTo(before);
    duty.close();
  }

  @Test
  void aStoreThatStaysAwayEndsItByTheControllersOwnClock() throws Exception {
    long begun = System.nanoTime();
    Duty duty = Duty.begin(leases, "a");

    leases.isAway = true;

    soon().until(() -> duty.lease().isEmpty());
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duty.LENGTH);
    leases.isAway = false;
    duty.close();
  }

  private static ConditionFactory soon() {
    return Awaitility.await().atMost(30, TimeUnit.SECONDS);
  }

  /** A single lease without an end. */
  private static final class OneLease implements Leases {
    volatile String owner = "";
    volatile boolean isAway;
    volatile int refused;
    volatile int failures;
    volatile int renewals;
    private long term;

    @Override
    public synchronized Optional<Lease> take(String name, String asking, Duration length) {
      if (isAway) {
        failures++;
        throw new IllegalStateException("the store is away");
      }
      if (!owner.isEmpty() && !owner.equals(asking)) {
        refused++;
        return Optional.empty();
      }
      if (owner.isEmpty()) {
        giveTo(asking);
      }
      renewals++;
      return Optional.of(new Lease(name, asking, term));
    }

    synchronized void giveTo(String next) {
      owner = next;
      term++;
    }

    @Override
    public synchronized boolean isHeld(Lease lease) {
      return owner.equals(lease.owner()) && term == lease.term();
    }

    @Override
    public synchronized void release(Lease lease) {
      if (isHeld(lease)) {
        owner = "";
      }
    }
  }
}
