package dev.bumpless.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.agent.swap.Slot;
import dev.bumpless.manifest.AppName;
import org.junit.jupiter.api.Test;

class VolumeNamesTest {
  private final VolumeNames names = new VolumeNames("dev-1", new AppName("pump"));

  @Test
  void a_volume_that_slots_share_is_called_as_ever() {
    assertThat(names.shared("data")).isEqualTo("bumpless_dev-1_pump_data");
    assertThat(names.source("bumpless_dev-1_pump_data")).contains("data");
  }

  @Test
  void each_slot_has_one_of_its_own() {
    assertThat(names.own(Slot.BLUE, "data")).isEqualTo("bumpless_dev-1_pump.blue_data");
    assertThat(names.source(names.own(Slot.GREEN, "blue_data"))).contains("blue_data");
  }

  @Test
  void what_belongs_to_others_has_no_name_here() {
    assertThat(names.source("bumpless_dev-1_pump-2_data")).isEmpty();
    assertThat(names.source("bumpless_dev-2_pump_data")).isEmpty();
    assertThat(names.source("4e1243bd22c6")).isEmpty();
  }
}
