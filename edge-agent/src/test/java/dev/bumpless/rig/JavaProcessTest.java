package dev.bumpless.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the rig runs is what a device runs. */
class JavaProcessTest {
  private static List<String> words(String launcher) throws IOException {
    return List.of(Files.readString(Path.of("../packaging/bin", launcher)).split("\\s+"));
  }

  @Test
  void the_agent_has_the_flags_of_its_launcher() throws IOException {
    assertThat(words("bumpless-agent")).containsAll(JavaProcess.AGENT_FLAGS);
  }

  @Test
  void the_router_has_the_flags_of_its_launcher() throws IOException {
    assertThat(words("bumpless-router")).containsAll(JavaProcess.ROUTER_FLAGS);
  }
}
