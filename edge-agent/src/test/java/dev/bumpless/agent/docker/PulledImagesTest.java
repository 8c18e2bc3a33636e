package dev.bumpless.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PulledImagesTest {
  @TempDir private Path folder;

  @Test
  void what_was_added_is_there_after_a_restart_until_it_is_removed() throws Exception {
    Path file = folder.resolve("state/pulled");
    PulledImages before = new PulledImages(file);
    before.add("r/a@sha256:1");
    before.add("r/b@sha256:2");
    before.remove(Set.of("r/a@sha256:1", "r/unknown@sha256:3"));

    assertThat(new PulledImages(file).all()).containsExactly("r/b@sha256:2");
  }

  @Test
  void a_torn_file_is_an_empty_one() throws Exception {
    Path file = folder.resolve("pulled");
    new PulledImages(file).add("r/a@sha256:1");
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 10, whole.length - 1}) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));

      assertThat(new PulledImages(file).all()).isEmpty();
    }
  }
}
