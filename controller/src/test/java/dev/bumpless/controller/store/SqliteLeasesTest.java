package dev.bumpless.controller.store;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteLeasesTest extends LeasesContract {
  @TempDir private Path folder;

  @Override
  Database open() {
    return Database.open(folder.resolve("controller.db"));
  }
}
