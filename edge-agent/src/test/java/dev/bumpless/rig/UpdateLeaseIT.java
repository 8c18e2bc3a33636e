package dev.bumpless.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody on the device does not want to be swapped now: it waits, and goes on by itself. */
class UpdateLeaseIT {
  @TempDir private Path folder;

  private RigDevice device;

  @BeforeEach
  void serveSomething() throws Exception {
    device = RigDevice.start(folder);
    assertThat(device.swap(device.app("old", "ok")).phase()).isEqualTo(Phase.COMMITTED);
  }

  @AfterEach
  void close() throws Exception {
    device.close();
  }

  @Test
  void aSwapWaitsForALeaseAndGoesOnWhenItIsGivenBack() throws Exception {
    assertThat(device.atLeaseDoor("take batch-7 1h tank 4 is being filled"))
        .startsWith("ok until ");

    UUID order = device.order(device.app("new", "ok"));
    AppReport waiting = device.awaitPhase(order, Phase.WAITING);

    assertThat(waiting.phase()).isEqualTo(Phase.WAITING);
    assertThat(waiting.message()).contains("'batch-7'", "tank 4 is being filled", "until");
    assertThat(device.containers()).isEqualTo(1);
    assertThat(device.ask()).contains("\"version\":\"old\"");

    device.killAgent();
    device.startAgent();
    device.awaitLeaseDoor();
    assertThat(device.atLeaseDoor("show")).contains("lease batch-7 all until", "tank 4");
    assertThat(device.ask()).contains("\"version\":\"old\"");

    assertThat(device.atLeaseDoor("give batch-7")).isEqualTo("ok\n");
    AppReport end = device.awaitEnd(order);

    assertThat(end.phase()).as(end.message()).isEqualTo(Phase.COMMITTED);
    assertThat(device.ask()).contains("\"version\":\"new\"");
  }

  @Test
  void anAppInAContainerWithoutRightsKeepsItselfAsItIsAndNobodyElse() throws Exception {
    assertThat(device.swap(device.leasing("old")).phase()).isEqualTo(Phase.COMMITTED);
    assertThat(device.inContainer("take batch-7 1h tank 4 is being filled"))
        .startsWith("ok until ");

    UUID order = device.order(device.leasing("new"));
    AppReport waiting = device.awaitPhase(order, Phase.WAITING);
    assertThat(waiting.message()).contains("'batch-7'", "tank 4 is being filled");
    device.killAgent();
    device.startAgent();
    device.awaitLeaseDoor();

    assertThat(device.inContainer("show")).contains("lease batch-7 swapped until");
    assertThat(device.inContainer("give batch-7")).isEqualTo("ok\n");
    AppReport end = device.awaitEnd(order);
    assertThat(end.phase()).as(end.message()).isEqualTo(Phase.COMMITTED);
    assertThat(device.ask()).contains("\"version\":\"new\"");
  }

  @Test
  void aForcedSwapDoesNotWaitAndTheLeaseIsLeft() throws Exception {
    device.atLeaseDoor("take batch-7 1h tank 4 is being filled");
    UUID order = device.order(device.app("new", "ok"));
    assertThat(device.awaitPhase(order, Phase.WAITING).phase()).isEqualTo(Phase.WAITING);

    device.force();

    AppReport end = device.awaitEnd(order);
    assertThat(end.phase()).as(end.message()).isEqualTo(Phase.COMMITTED);
    assertThat(device.atLeaseDoor("show")).contains("lease batch-7 all until");
  }

  @Test
  void aLeaseThatNobodyGivesBackEndsByItself() throws Exception {
    assertThat(device.atLeaseDoor("take batch-7 2s it forgets to give it back"))
        .startsWith("ok until ");

    UUID order = device.order(device.app("new", "ok"));

    assertThat(device.awaitPhase(order, Phase.WAITING).phase()).isEqualTo(Phase.WAITING);
    AppReport end = device.awaitEnd(order);
    assertThat(end.phase()).as(end.message()).isEqualTo(Phase.COMMITTED);
    assertThat(end.steps()).extracting(AppReport.StepTime::name).contains("WAITING");
  }
}
