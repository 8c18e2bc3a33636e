package dev.bumpless.agent.swap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.manifest.ProbePolicy;
import dev.bumpless.manifest.StatePolicy;
import dev.bumpless.manifest.UpgradePolicy;
import dev.bumpless.manifest.UpgradePolicy.Overlap;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VolumeModesTest {
  private static final StatePolicy SHARED = new StatePolicy.SharedVolume();
  private static final StatePolicy OWN = new StatePolicy.ExclusiveVolume();

  @Test
  void what_a_slot_has_for_itself_cannot_become_shared() {
    assertThat(VolumeModes.objection(app(OWN, "data"), app(SHARED, "data")))
        .hasValueSatisfying(
            why -> assertThat(why).contains("[data]").contains("keep 'mode: exclusive'"));
  }

  @Test
  void all_other_ways_lose_nothing() {
    assertThat(VolumeModes.objection(app(SHARED, "data"), app(OWN, "data"))).isEmpty();
    assertThat(VolumeModes.objection(app(OWN, "data"), app(OWN, "data"))).isEmpty();
    assertThat(VolumeModes.objection(app(SHARED, "data"), app(SHARED, "data"))).isEmpty();
    assertThat(VolumeModes.objection(app(OWN, "data"), app(SHARED, "other"))).isEmpty();
  }

  private static App app(StatePolicy state, String volume) {
    return new App(
        new AppName("pump"),
        List.of(container(volume)),
        List.of(),
        List.of(),
        ProbePolicy.DEFAULT,
        1,
        policy(state),
        List.of(state),
        Set.of());
  }

  private static Container container(String volume) {
    return new Container(
        "plc",
        ImageRef.parse("127.0.0.1:5000/plc:1").withDigest("sha256:" + "1".repeat(64)),
        List.of(),
        List.of(),
        Optional.empty(),
        Map.of(),
        List.of(new Container.Volume(volume, "/data", false)),
        List.of(),
        new Container.Resources(64L << 20, 0, Container.Resources.DEFAULT_PIDS),
        Container.Security.DEFAULT,
        Set.of());
  }

  private static UpgradePolicy policy(StatePolicy state) {
    return new UpgradePolicy(
        Strategy.BLUE_GREEN,
        state == OWN ? Overlap.NONE : Overlap.FULL,
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30));
  }
}
