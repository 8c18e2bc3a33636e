package dev.bumpless.controller.store;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresqlAppliedStoreIT extends AppliedStoreContract {
  private static PostgresqlServer server;
  private PostgresqlAddress address;

  @BeforeAll
  static void startServer() throws Exception {
    server = PostgresqlServer.start();
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @Override
  Database openDatabase() throws Exception {
    if (address == null) {
      address = server.fresh();
    }
    return Database.open(address);
  }
}
