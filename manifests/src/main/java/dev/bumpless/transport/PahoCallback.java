package dev.bumpless.transport;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Hands on what Paho's thread brings; nothing thrown by the listener reaches Paho. */
final class PahoCallback implements MqttCallback {
  private static final Logger LOG = System.getLogger(PahoCallback.class.getName());

  private final PahoConnection connection;
  private final MqttTransport.Listener listener;

  PahoCallback(PahoConnection connection, MqttTransport.Listener listener) {
    this.connection = connection;
    this.listener = listener;
  }

  @Override
  public void messageArrived(String topic, MqttMessage message) {
    try {
      listener.received(topic, message.getPayload());
    } catch (RuntimeException e) { // would make Paho drop the connection
      LOG.log(Level.ERROR, "a listener failed on a message to " + topic, e);
    }
  }

  @Override
  public void disconnected(MqttDisconnectResponse response) {
    try {
      connection.lost(describe(response));
    } catch (RuntimeException e) { // would leave Paho half shut down
      LOG.log(Level.ERROR, "a listener failed on the end of its connection", e);
    }
  }

  @Override
  public void mqttErrorOccurred(MqttException exception) {
    LOG.log(Level.WARNING, "the broker sent what cannot be: {0}", PahoConnection.reason(exception));
  }

  @Override
  public void deliveryComplete(IMqttToken token) {
    // publish waits for its token
  }

  @Override
  public void connectComplete(boolean reconnect, String serverUri) {
    // connect waits for its token
  }

  @Override
  public void authPacketArrived(int reasonCode, MqttProperties properties) {
    // certificates alone
  }

  private static String describe(MqttDisconnectResponse response) {
    if (response.getException() != null) {
      return PahoConnection.reason(response.getException());
    }
    String text = response.getReasonString();
    return "the broker hung up with reason code "
        + response.getReturnCode()
        + (text == null ? "" : ": " + text);
  }
}
