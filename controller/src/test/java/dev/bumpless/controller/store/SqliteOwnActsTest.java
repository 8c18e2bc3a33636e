package dev.bumpless.controller.store;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteOwnActsTest extends OwnActsContract {
  @TempDir private Path folder;

  @Override
  Database openDatabase() {
    return Database.open(folder.resolve("controller.db"));
  }
}
