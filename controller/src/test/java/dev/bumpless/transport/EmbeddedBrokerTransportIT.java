package dev.bumpless.transport;

import dev.bumpless.controller.broker.BrokerUnderTest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The transport's contract on the broker that the controller brings. */
class EmbeddedBrokerTransportIT extends MqttTransportContract {
  @TempDir private static Path folder;
  private static BrokerUnderTest broker;
  private final Map<String, Relay> cables = new ConcurrentHashMap<>();

  @BeforeAll
  static void startBroker() throws IOException {
    broker = BrokerUnderTest.start(folder);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Override
  protected MqttTransport open(String clientId) throws IOException {
    Relay cable = new Relay(URI.create(broker.uri()).getPort());
    cables.put(clientId, cable);
    return new PahoTransport(
        new PahoTransport.Config(
            "ssl://127.0.0.1:" + cable.port(),
            clientId,
            broker.tls(clientId),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30)));
  }

  @Override
  protected void cut(String clientId) {
    cables.get(clientId).cut();
  }
}
