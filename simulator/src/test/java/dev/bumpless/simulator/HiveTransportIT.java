package dev.bumpless.simulator;

import dev.bumpless.transport.Mosquitto;
import dev.bumpless.transport.MqttTransport;
import dev.bumpless.transport.MqttTransportContract;
import dev.bumpless.transport.Relay;
import dev.bumpless.transport.TestPki;
import dev.bumpless.transport.Tls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** HiveMQ's client keeps the contract that the devices' own keeps, on the same broker. */
class HiveTransportIT extends MqttTransportContract {
  @TempDir static Path folder;
  private static TestPki pki;
  private static Mosquitto broker;
  private final Map<String, Relay> cables = new ConcurrentHashMap<>();

  @BeforeAll
  static void startBroker() throws Exception {
    pki = new TestPki(folder);
    for (String name : List.of("dev-1", "dev-2", "controller")) {
      pki.issue(name);
    }
    broker = new Mosquitto(folder, pki);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Override
  protected MqttTransport open(String clientId) throws IOException {
    Relay cable = new Relay(broker.port());
    cables.put(clientId, cable);
    return new HiveTransport(
        new HiveTransport.Config(
            "127.0.0.1",
            cable.port(),
            clientId,
            Tls.managers(pki.p12(clientId), pki.passwordFile()),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30)));
  }

  @Override
  protected void cut(String clientId) {
    cables.get(clientId).cut();
  }
}
