package dev.bumpless.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoopbackTransportTest extends MqttTransportContract {
  private final LoopbackBroker broker = new LoopbackBroker();

  @Override
  protected MqttTransport open(String clientId) {
    return broker.transport(clientId);
  }

  @Override
  protected void cut(String clientId) {
    broker.cut(clientId);
  }

  @Test
  void matchesTopicsAsMqttDoes() {
    assertThat(LoopbackBroker.matches("a/+/up/#", "a/x/up/report")).isTrue();
    assertThat(LoopbackBroker.matches("a/+/up/#", "a/x/up")).isTrue();
    assertThat(LoopbackBroker.matches("a/+/up/#", "a/x/y/up/report")).isFalse();
    assertThat(LoopbackBroker.matches("a/b", "a/b/c")).isFalse();
    assertThat(LoopbackBroker.matches("a/b/c", "a/b")).isFalse();
  }
}
