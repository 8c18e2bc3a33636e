package dev.bumpless.controller.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RightsTest {
  private final Rights device = Rights.of("dev-1");
  private final Rights controller = Rights.of("controller");

  @ParameterizedTest
  @ValueSource(strings = {"bumpless/v1/d/dev-1/up/report", "bumpless/v1/d/dev-1/up/a/b"})
  void aDeviceSpeaksBelowItsOwnUp(String topic) {
    assertThat(device.mayPublish(topic, false)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bumpless/v1/d/dev-2/up/report",
        "bumpless/v1/d/dev-1/down/order",
        "bumpless/v1/d/dev-1/up",
        "bumpless/v1/d/dev-1/up/",
        "bumpless/v1/d/dev-1",
        "bumpless/v1/d/dev-11/up/report",
        "bumpless/v2/d/dev-1/up/report",
        "x/bumpless/v1/d/dev-1/up/report",
        "$SYS/x",
        "#",
        ""
      })
  void aDeviceSpeaksNowhereElse(String topic) {
    assertThat(device.mayPublish(topic, false)).isFalse();
  }

  @Test
  void aDeviceLeavesNothingBehindButItsPresence() {
    assertThat(device.mayPublish("bumpless/v1/d/dev-1/up/presence", true)).isTrue();
    assertThat(device.mayPublish("bumpless/v1/d/dev-1/up/report", true)).isFalse();
    assertThat(device.mayLeaveWill("bumpless/v1/d/dev-1/up/presence")).isTrue();
    assertThat(device.mayLeaveWill("bumpless/v1/d/dev-1/up/report")).isFalse();
    assertThat(device.mayLeaveWill("bumpless/v1/d/dev-2/up/presence")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bumpless/v1/d/dev-1/down/#", "bumpless/v1/d/dev-1/down/order"})
  void aDeviceListensBelowItsOwnDown(String filter) {
    assertThat(device.maySubscribe(filter)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#",
        "+/#",
        "bumpless/#",
        "bumpless/v1/d/+/down/#",
        "bumpless/v1/d/dev-1/#",
        "bumpless/v1/d/dev-1/up/#",
        "bumpless/v1/d/dev-2/down/#",
        "bumpless/v1/d/dev-1/down/",
        "$share/g/bumpless/v1/d/dev-1/down/#",
        "$SYS/#"
      })
  void aDeviceListensNowhereElse(String filter) {
    assertThat(device.maySubscribe(filter)).isFalse();
  }

  @Test
  void theControllerIsTheMirrorImage() {
    assertThat(controller.maySubscribe("bumpless/v1/d/+/up/#")).isTrue();
    assertThat(controller.mayPublish("bumpless/v1/d/dev-1/down/order", false)).isTrue();
    assertThat(controller.mayPublish("bumpless/v1/d/dev-1/down/order", true)).isFalse();
    assertThat(controller.mayPublish("bumpless/v1/d/dev-1/up/report", false)).isFalse();
    assertThat(controller.mayPublish("bumpless/v1/d/+/down/order", false)).isFalse();
    assertThat(controller.maySubscribe("#")).isFalse();
    assertThat(controller.maySubscribe("bumpless/v1/d/+/down/#")).isFalse();
    assertThat(controller.mayLeaveWill("bumpless/v1/d/dev-1/down/order")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"#", "+", "a/b", "", "Dev-1", "$x"})
  void aNameThatCouldBeAFilterIsNobodys(String name) {
    assertThatThrownBy(() -> Rights.of(name)).isInstanceOf(IllegalArgumentException.class);
  }
}
