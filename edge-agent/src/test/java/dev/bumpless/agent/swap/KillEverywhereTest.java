package dev.bumpless.agent.swap;

import static dev.bumpless.agent.swap.Apps.PUMP;
import static dev.bumpless.agent.swap.Apps.quick;
import static dev.bumpless.agent.swap.Apps.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.manifest.UpgradePolicy.Strategy;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Release;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The agent is killed before and after every call that it makes to a seam, one after the other, and
 * started again over what engine, router and journal hold then. Each time it must come to the same
 * end, by itself, and break no rule of {@link SafetyRules} on the way.
 */
@ExtendWith(QuietLogs.class)
class KillEverywhereTest {

  /** What happens, in a fresh device. */
  private interface Scenario {
    void prepare(Device device) throws IOException;

    Desired order(Device device) throws IOException;
  }

  private static void install(Device device, Release release) throws IOException {
    Desired first = run(1, release, 1);
    device.order(first);
    device.runToEnd(first);
  }

  private static Release release(long counter) {
    return quick(Apps.release(counter));
  }

  private static Release three(long counter) {
    return quick(Apps.release(Apps.app(PUMP, counter, 3, Strategy.ROLLING, 1880), counter));
  }

  private static Release modbus(long counter) {
    return quick(
        Apps.release(Apps.modbus(Apps.app(PUMP, counter, 1, Strategy.BLUE_GREEN, 1880)), counter));
  }

  private static Release standby(long counter) {
    return quick(
        Apps.release(Apps.standby(Apps.app(PUMP, counter, 1, Strategy.BLUE_GREEN, 1880)), counter));
  }

  private static Release alone(long counter) {
    return quick(
        Apps.release(Apps.alone(Apps.app(PUMP, counter, 1, Strategy.BLUE_GREEN, 1880)), counter));
  }

  private static Scenario upgrade(Release from, Release to, Behaviour behaviour) {
    return new Scenario() {
      @Override
      public void prepare(Device device) throws IOException {
        install(device, from);
        device.engine.behave(to.id().counter(), behaviour);
      }

      @Override
      public Desired order(Device device) {
        return run(2, to, 1);
      }
    };
  }

  @Test
  void firstInstall() throws IOException {
    everywhere(
        new Scenario() {
          @Override
          public void prepare(Device device) {}

          @Override
          public Desired order(Device device) {
            return run(1, release(1), 1);
          }
        },
        Phase.COMMITTED);
  }

  @Test
  void upgrade() throws IOException {
    everywhere(upgrade(release(1), release(2), Behaviour.GOOD), Phase.COMMITTED);
  }

  @Test
  void upgradeToWhatIsNeverHealthy() throws IOException {
    everywhere(upgrade(release(1), release(2), Behaviour.NEVER_HEALTHY), Phase.ROLLED_BACK);
  }

  @Test
  void upgradeToWhatDiesInItsBake() throws IOException {
    everywhere(
        upgrade(release(1), release(2), Behaviour.diesAfter(Duration.ofSeconds(3))),
        Phase.ROLLED_BACK);
  }

  @Test
  void upgradeOfTwoContainers() throws IOException {
    everywhere(upgrade(quick(Apps.twin(1)), quick(Apps.twin(2)), Behaviour.GOOD), Phase.COMMITTED);
  }

  @Test
  void upgradeToWhatLosesOneOfTwoContainersInItsBake() throws IOException {
    everywhere(
        upgrade(
            quick(Apps.twin(1)),
            quick(Apps.twin(2)),
            Behaviour.diesAfter(Duration.ofSeconds(3)).onlyOf("db")),
        Phase.ROLLED_BACK);
  }

  @Test
  void upgradeThatCarriesRegisters() throws IOException {
    everywhere(upgrade(modbus(1), modbus(2), Behaviour.GOOD), Phase.COMMITTED);
  }

  @Test
  void upgradeThatCarriesRegistersToWhatDiesInItsBake() throws IOException {
    everywhere(
        upgrade(modbus(1), modbus(2), Behaviour.diesAfter(Duration.ofSeconds(4))),
        Phase.ROLLED_BACK,
        Phase.INCONSISTENT);
  }

  @Test
  void upgradeOfWhatStartsPassive() throws IOException {
    everywhere(upgrade(standby(1), standby(2), Behaviour.GOOD), Phase.COMMITTED);
  }

  @Test
  void upgradeOfWhatMayNotRunBesideAnother() throws IOException {
    everywhere(upgrade(alone(1), alone(2), Behaviour.GOOD), Phase.COMMITTED);
  }

  @Test
  void upgradeOfWhatMayNotRunBesideAnotherToWhatIsNeverHealthy() throws IOException {
    everywhere(upgrade(alone(1), alone(2), Behaviour.NEVER_HEALTHY), Phase.ROLLED_BACK);
  }

  @Test
  void upgradeOfWhatMayNotRunBesideAnotherToWhatDiesInItsBake() throws IOException {
    everywhere(
        upgrade(alone(1), alone(2), Behaviour.diesAfter(Duration.ofSeconds(3))), Phase.ROLLED_BACK);
  }

  @Test
  void undoThatCarriesRegistersBack() throws IOException {
    everywhere(
        new Scenario() {
          @Override
          public void prepare(Device device) throws IOException {
            install(device, modbus(1));
            Desired second = run(2, modbus(2), 1);
            device.order(second);
            device.runTo(second, Phase.BAKING);
            device.kill();
          }

          @Override
          public Desired order(Device device) {
            return run(3, modbus(1), 2);
          }
        },
        Phase.COMMITTED);
  }

  @Test
  void rollingUpgrade() throws IOException {
    everywhere(upgrade(three(1), three(2), Behaviour.GOOD), Phase.COMMITTED);
  }

  @Test
  void rollingUpgradeToWhatDies() throws IOException {
    everywhere(
        upgrade(three(1), three(2), Behaviour.diesAfter(Duration.ofSeconds(5))), Phase.ROLLED_BACK);
  }

  @Test
  void stop() throws IOException {
    everywhere(
        new Scenario() {
          @Override
          public void prepare(Device device) throws IOException {
            install(device, release(1));
          }

          @Override
          public Desired order(Device device) {
            return Apps.stop(2, PUMP);
          }
        },
        Phase.STOPPED);
  }

  @Test
  void startOfWhatWasStopped() throws IOException {
    everywhere(
        new Scenario() {
          @Override
          public void prepare(Device device) throws IOException {
            install(device, release(1));
            Desired stop = Apps.stop(2, PUMP);
            device.order(stop);
            device.runToEnd(stop);
          }

          @Override
          public Desired order(Device device) {
            return run(3, release(1), 1);
          }
        },
        Phase.COMMITTED);
  }

  @Test
  void delete() throws IOException {
    everywhere(
        new Scenario() {
          @Override
          public void prepare(Device device) throws IOException {
            install(device, release(1));
          }

          @Override
          public Desired order(Device device) {
            return Apps.delete(2, PUMP);
          }
        },
        Phase.DELETED);
  }

  @Test
  void undoInTheBake() throws IOException {
    everywhere(
        new Scenario() {
          @Override
          public void prepare(Device device) throws IOException {
            install(device, release(1));
            Desired second = run(2, release(2), 1);
            device.order(second);
            device.runTo(second, Phase.BAKING);
            device.kill();
          }

          @Override
          public Desired order(Device device) {
            return run(3, release(1), 2);
          }
        },
        Phase.COMMITTED);
  }

  private static void everywhere(Scenario scenario, Phase... end) throws IOException {
    int calls = play(scenario, end, -1, -1);
    assertThat(calls).isGreaterThan(10);
    // Call 0, the load of the journal, is made by the boot itself.
    for (int call = 1; call < calls; call++) {
      try {
        play(scenario, end, call, -1);
        play(scenario, end, -1, call);
      } catch (AssertionError e) {
        throw new AssertionError("killed at call " + call + ": " + e.getMessage(), e);
      }
    }
  }

  /** Returns how many calls the first life made. */
  private static int play(Scenario scenario, Phase[] end, int before, int after)
      throws IOException {
    Device device = new Device();
    scenario.prepare(device);
    device.kill();
    Desired order = scenario.order(device);
    device.order(order);
    device.boot();
    device.calls.crashBefore(before).crashAfter(after);
    device.runToEnd(order);
    int calls = device.calls.count();
    device.pass(Duration.ofMinutes(3));
    AppReport last = device.last(order).orElseThrow();
    assertThat(last.phase()).as(last.message()).isIn((Object[]) end);
    assertThat(device.crashes()).isEqualTo(before < 0 && after < 0 ? 0 : 1);
    device.rules.checkAtRest(PUMP);
    device.rules.checkHolds();
    return calls;
  }
}
