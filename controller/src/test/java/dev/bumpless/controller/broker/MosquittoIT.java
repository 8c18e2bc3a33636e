package dev.bumpless.controller.broker;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract on Mosquitto, set up with the text of docs/brokers.md. */
class MosquittoIT extends BrokerContract {
  @TempDir private static Path folder;
  private static BrokerUnderTest broker;

  @BeforeAll
  static void start() throws Exception {
    broker = BrokerUnderTest.startMosquitto(folder);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Override
  BrokerUnderTest broker() {
    return broker;
  }
}
