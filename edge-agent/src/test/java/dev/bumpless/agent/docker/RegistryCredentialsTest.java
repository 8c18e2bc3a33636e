package dev.bumpless.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.agent.swap.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryCredentialsTest {
  @TempDir private Path folder;

  @Test
  void an_account_is_found_by_host_however_docker_login_wrote_it() throws Exception {
    RegistryCredentials credentials =
        credentials(
            """
            {"auths": {
              "127.0.0.1:5000": {"auth": "cGxhbnQ6c2U6Y3JldA=="},
              "https://index.docker.io/v1/": {"username": "u", "password": "p"},
              "quay.plant": {"identitytoken": "t"}},
             "credHelpers": {}}
            """,
            "rw-------");

    assertThat(credentials.of("127.0.0.1:5000").orElseThrow())
        .satisfies(
            account -> {
              assertThat(account.getUsername()).isEqualTo("plant");
              assertThat(account.getPassword()).isEqualTo("se:cret");
            });
    assertThat(credentials.of("docker.io").orElseThrow().getUsername()).isEqualTo("u");
    assertThat(credentials.of("quay.plant").orElseThrow().getIdentitytoken()).isEqualTo("t");
    assertThat(credentials.of("other:5000")).isEmpty();
  }

  @Test
  void without_a_file_there_are_no_accounts() throws Exception {
    assertThat(new RegistryCredentials(Optional.empty()).of("x")).isEmpty();
  }

  @Test
  void a_file_that_others_may_read_is_refused() throws Exception {
    RegistryCredentials credentials = credentials("{}", "rw-r-----");

    assertThatThrownBy(() -> credentials.of("x"))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.PERMANENT))
        .hasMessageContaining("make it 0600");
  }

  @Test
  void a_missing_or_broken_file_is_named() throws Exception {
    RegistryCredentials broken = credentials("{", "rw-------");
    RegistryCredentials missing =
        new RegistryCredentials(Optional.of(folder.resolve("missing.json")));

    assertThatThrownBy(() -> broken.of("x")).hasMessageContaining("accounts.json failed");
    assertThatThrownBy(() -> missing.of("x"))
        .hasMessageContaining("missing.json failed: it is not there");
  }

  private RegistryCredentials credentials(String json, String mode) throws IOException {
    Path file = Files.writeString(folder.resolve("accounts.json"), json);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    return new RegistryCredentials(Optional.of(file));
  }
}
