package dev.bumpless.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlocksTest {
  @TempDir private Path folder;

  /** As every other change of the file it has to be told as one, with its name. */
  @Test
  void a_file_that_has_become_a_link_is_a_fault_of_that_file_and_is_not_followed()
      throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "not of this tree");
    Path file = Files.createSymbolicLink(folder.resolve("file"), secret);
    Path copy = folder.resolve("copy");

    assertThatThrownBy(() -> new Blocks(new Disk(folder, 0)).copy(file, copy, true))
        .isInstanceOfSatisfying(
            FileSystemException.class, e -> assertThat(e.getFile()).isEqualTo(file.toString()));
    assertThat(copy).doesNotExist();
  }
}
