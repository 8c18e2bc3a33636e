package dev.bumpless.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.controller.lease.Lease;
import dev.bumpless.controller.lease.Leases;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DutyTest {
  private final OneLease leases = new OneLease();
  private final AtomicInteger lost = new AtomicInteger();

  @Test
  void whoeverIsAloneWorksAtOnceAndGivesItBackAtTheEnd() throws Exception {
    Duty duty = onDuty("a");
    assertThat(leases.owner).isEqualTo("a");

    duty.close();

    assertThat(leases.owner).isEmpty();
    assertThat(lost).hasValue(0);
  }

  @Test
  void theNextStandsByUntilTheFirstEnds() throws Exception {
    Duty first = onDuty("a");
    CompletableFuture<Duty> second = CompletableFuture.supplyAsync(() -> onDuty("b"));
    within40Seconds().until(() -> leases.refused > 0);
    assertThat(second).isNotDone();

    first.close();

    second.get(30, TimeUnit.SECONDS).close();
    assertThat(lost).hasValue(0);
  }

  @Test
  void whoeverFindsThatAnotherHasItHasToGo() throws Exception {
    Duty duty = onDuty("a");

    leases.owner = "b";

    within40Seconds().untilAsserted(() -> assertThat(lost).hasValue(1));
    duty.close();
    assertThat(leases.owner).isEqualTo("b");
  }

  @Test
  void aStoreThatIsAwayForAMomentCostsNobodyTheRight() throws Exception {
    Duty duty = onDuty("a");
    leases.isAway = true;
    within40Seconds().until(() -> leases.failures > 0);

    leases.isAway = false;
    int before = leases.renewals;

    within40Seconds().until(() -> leases.renewals > before);
    assertThat(lost).hasValue(0);
    duty.close();
  }

  private Duty onDuty(String owner) {
    try {
      return Duty.await(leases, owner, lost::incrementAndGet);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ConditionFactory within40Seconds() {
    return Awaitility.await().atMost(40, TimeUnit.SECONDS);
  }

  /** A single lease without an end. */
  private static final class OneLease implements Leases {
    volatile String owner = "";
    volatile boolean isAway;
    volatile int refused;
    volatile int failures;
    volatile int renewals;

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
      owner = asking;
      renewals++;
      return Optional.of(new Lease(name, asking, 1));
    }

    @Override
    public boolean isHeld(Lease lease) {
      return owner.equals(lease.owner());
    }

    @Override
    public synchronized void release(Lease lease) {
      if (isHeld(lease)) {
        owner = "";
      }
    }
  }
}
