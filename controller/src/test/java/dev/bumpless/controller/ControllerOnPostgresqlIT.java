package dev.bumpless.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.controller.lease.Leases;
import dev.bumpless.controller.store.Database;
import dev.bumpless.controller.store.PostgresqlAddress;
import dev.bumpless.controller.store.PostgresqlServer;
import dev.bumpless.controller.store.SqlLeases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the controller does on SQLite it does on PostgreSQL. */
class ControllerOnPostgresqlIT extends ControllerTest {
  @RegisterExtension static final PostgresqlServer SERVER = new PostgresqlServer();

  @TempDir private Path secrets;
  private PostgresqlAddress address;
  private Optional<ControllerConfig.Store> store = Optional.empty();

  @Override
  Optional<ControllerConfig.Store> store() throws Exception {
    if (store.isEmpty()) {
      address = SERVER.fresh();
      store = Optional.of(configured(address, secrets));
    }
    return store;
  }

  @Test
  void aStoreThatIsNotThereIsTold() throws Exception {
    Path config =
        Files.writeString(
            secrets.resolve("controller.yaml"),
            "state: %s\ntrust: %s\nstore: { url: 'jdbc:postgresql://127.0.0.1:1/x' }\n"
                .formatted(secrets.resolve("state"), trust()));

    assertThatThrownBy(() -> start(ControllerConfig.read(config)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot open the store jdbc:postgresql://127.0.0.1:1/x")
        .hasMessageContaining("refused");
  }

  @Test
  void itIsOnDutyUntilItEnds() throws Exception {
    try (Database database = Database.open(address)) {
      Leases leases = new SqlLeases(database);
      assertThat(leases.take("devices", "another", Duration.ofSeconds(1))).isEmpty();

      stop();

      assertThat(leases.take("devices", "another", Duration.ofSeconds(1))).isPresent();
    }
    startController();
  }

  @Test
  void whatIsWrongInItsConfigurationIsTold() throws Exception {
    assertThat(configured("{ url: 'jdbc:postgresql://h/d', user: u, passwordFile: /f }"))
        .contains(
            new ControllerConfig.Store(
                "jdbc:postgresql://h/d", Optional.of("u"), Optional.of(Path.of("/f"))));
    assertThatThrownBy(() -> configured("{ user: u }")).hasMessageContaining("'store.url'");
    assertThatThrownBy(() -> configured("{ url: x, password: y }"))
        .hasMessageContaining("unknown key 'store.password'");
    assertThatThrownBy(() -> configured("x")).hasMessageContaining("store: expected");
    assertThatThrownBy(() -> new PostgresqlAddress("jdbc:x", Optional.empty(), Optional.empty()))
        .hasMessageContaining("jdbc:postgresql://");
    assertThatThrownBy(
            () ->
                new PostgresqlAddress(
                    "jdbc:postgresql://h/d?user=u&password=p", Optional.empty(), Optional.empty()))
        .hasMessageContaining("give a file");
  }

  private Optional<ControllerConfig.Store> configured(String text) throws IOException {
    Path file = secrets.resolve("config.yaml");
    Files.writeString(file, "state: /s\ntrust: /t\nstore: " + text + "\n");
    return ControllerConfig.read(file).store();
  }

  /** As a person configures it, with the password in a file of that folder. */
  static ControllerConfig.Store configured(PostgresqlAddress address, Path folder)
      throws IOException {
    Path file = folder.resolve("password");
    Files.writeString(file, address.password().orElseThrow() + "\n");
    return new ControllerConfig.Store(address.url(), address.user(), Optional.of(file));
  }
}
