package dev.bumpless.controller.broker;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Acknowledges nothing until it is woken up, so that the rest waits at the broker. */
final class SlowListener implements MqttCallback {
  private final MqttAsyncClient client;
  private final Set<String> taken;
  private final List<MqttMessage> unacknowledged = new ArrayList<>();
  private boolean isAwake;

  SlowListener(MqttAsyncClient client, Set<String> taken) {
    this.client = client;
    this.taken = taken;
    client.setManualAcks(true);
  }

  synchronized void wakeUp() throws MqttException {
    isAwake = true;
    for (MqttMessage message : unacknowledged) {
      client.messageArrivedComplete(message.getId(), message.getQos());
    }
  }

  @Override
  public synchronized void messageArrived(String topic, MqttMessage message) throws MqttException {
    taken.add(new String(message.getPayload(), StandardCharsets.UTF_8));
    if (isAwake) {
      client.messageArrivedComplete(message.getId(), message.getQos());
    } else {
      unacknowledged.add(message);
    }
  }

  @Override
  public void disconnected(MqttDisconnectResponse response) {}

  @Override
  public void mqttErrorOccurred(MqttException exception) {}

  @Override
  public void deliveryComplete(IMqttToken token) {}

  @Override
  public void connectComplete(boolean reconnect, String serverUri) {}

  @Override
  public void authPacketArrived(int reasonCode, MqttProperties properties) {}
}
