package dev.bumpless.agent.swap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.manifest.Container.Resources;
import org.junit.jupiter.api.Test;

class SignalsTest {
  @Test
  void aContainerWithoutALimitIsNotToldOne() {
    assertThat(Signals.limit(new Resources(32L << 20, 0, 256))).isEqualTo("limit 32 MiB");
    assertThat(Signals.limit(new Resources(0, 0, 256))).isEqualTo("no limit");
  }
}
