package dev.bumpless.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateLockTest {
  @Test
  void one_agent_has_a_state_folder_until_it_ends(@TempDir Path folder) throws Exception {
    Path state = folder.resolve("state");
    StateLock first = StateLock.take(state);

    assertThatThrownBy(() -> StateLock.take(state))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("another agent works on");
    first.close();
    StateLock.take(state).close();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
        .isEqualTo("rwx------");
  }
}
