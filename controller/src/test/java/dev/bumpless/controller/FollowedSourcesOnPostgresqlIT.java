package dev.bumpless.controller;

import dev.bumpless.controller.store.PostgresqlServer;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a controller that follows a repository does on SQLite it does on PostgreSQL. */
class FollowedSourcesOnPostgresqlIT extends FollowedSourcesTest {
  @RegisterExtension static final PostgresqlServer SERVER = new PostgresqlServer();

  @TempDir private Path secrets;
  private Optional<ControllerConfig.Store> store = Optional.empty();

  @Override
  Optional<ControllerConfig.Store> store() throws Exception {
    if (store.isEmpty()) {
      store = Optional.of(ControllerOnPostgresqlIT.configured(SERVER.fresh(), secrets));
    }
    return store;
  }
}
