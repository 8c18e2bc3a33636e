package dev.bumpless.controller.broker;

import dev.bumpless.transport.MqttTransport;
import java.nio.file.Path;

/**
 * HiveMQ's configuration file. Every limit is stated, whatever its default is.
 *
 * @param queue messages that may wait for one client
 */
record BrokerXml(
    String address,
    int port,
    Path keyStore,
    String keyPassword,
    Path trustStore,
    String trustPassword,
    int queue) {
  static final int MAX_KEEP_ALIVE_SECONDS = 120;

  /** What waits for a controller that is busy: all that the broker has confirmed. */
  static final int QUEUE = 100_000;

  String text() {
    return """
        <?xml version="1.0"?>
        <hivemq>
          <listeners>
            <tls-tcp-listener>
              <port>%d</port>
              <bind-address>%s</bind-address>
              <name>devices</name>
              <tls>
                <keystore>
                  <path>%s</path>
                  <password>%s</password>
                  <private-key-password>%s</private-key-password>
                </keystore>
                <truststore>
                  <path>%s</path>
                  <password>%s</password>
                </truststore>
                <protocols>
                  <protocol>TLSv1.3</protocol>
                  <protocol>TLSv1.2</protocol>
                </protocols>
                <client-authentication-mode>REQUIRED</client-authentication-mode>
              </tls>
            </tls-tcp-listener>
          </listeners>
          <mqtt>
            <queued-messages>
              <max-queue-size>%d</max-queue-size>
              <strategy>discard-oldest</strategy>
            </queued-messages>
            <quality-of-service><max-qos>1</max-qos></quality-of-service>
            <shared-subscriptions><enabled>false</enabled></shared-subscriptions>
            <session-expiry><max-interval>604800</max-interval></session-expiry>
            <keep-alive>
              <max-keep-alive>%d</max-keep-alive>
              <allow-unlimited>false</allow-unlimited>
            </keep-alive>
            <packets><max-packet-size>%d</max-packet-size></packets>
            <receive-maximum><server-receive-maximum>20</server-receive-maximum></receive-maximum>
          </mqtt>
          <restrictions>
            <max-connections>20000</max-connections>
            <max-client-id-length>63</max-client-id-length>
            <max-topic-length>256</max-topic-length>
            <no-connect-idle-timeout>10000</no-connect-idle-timeout>
          </restrictions>
          <security>
            <allow-empty-client-id><enabled>false</enabled></allow-empty-client-id>
          </security>
          <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
          <persistence><mode>in-memory</mode></persistence>
        </hivemq>
        """
        .formatted(
            port,
            escape(address),
            escape(keyStore.toString()),
            escape(keyPassword),
            escape(keyPassword),
            escape(trustStore.toString()),
            escape(trustPassword),
            queue,
            MAX_KEEP_ALIVE_SECONDS,
            MqttTransport.MAX_PACKET_BYTES);
  }

  private static String escape(String value) {
    return value
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
