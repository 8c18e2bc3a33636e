package dev.bumpless.controller.store;

import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresqlOwnActsIT extends OwnActsContract {
  @RegisterExtension static final PostgresqlServer SERVER = new PostgresqlServer();

  private PostgresqlAddress address;

  @Override
  Database openDatabase() throws Exception {
    if (address == null) {
      address = SERVER.fresh();
    }
    return Database.open(address);
  }
}
