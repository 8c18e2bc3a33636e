package dev.bumpless.trust;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void readsBackWhatWasWrittenLast() throws IOException {
    AtomicFile file = new AtomicFile(folder.resolve("deep/er/state"));
    assertThat(file.read()).isEmpty();
    file.write("one".getBytes(UTF_8));
    file.write("two, longer".getBytes(UTF_8));
    file.write(new byte[0]);
    assertThat(file.read()).hasValueSatisfying(b -> assertThat(b).isEmpty());
    file.write("three".getBytes(UTF_8));
    assertThat(file.read()).hasValueSatisfying(b -> assertThat(b).asString().isEqualTo("three"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
        .isEqualTo("rw-------");
    try (var names = Files.list(folder.resolve("deep/er"))) {
      assertThat(names).containsExactly(file.path());
    }
  }

  @Test
  void overwritesWhatADeadWriterLeftBeside() throws IOException {
    Files.writeString(folder.resolve("state.next"), "half of someth");
    AtomicFile file = new AtomicFile(folder.resolve("state"));
    assertThat(file.read()).isEmpty();
    file.write("whole".getBytes(UTF_8));
    assertThat(file.read()).isPresent();
  }

  @Test
  void isTornAtEveryLengthButTheWhole() throws IOException {
    AtomicFile file = new AtomicFile(folder.resolve("state"));
    file.write("something that matters".getBytes(UTF_8));
    byte[] whole = Files.readAllBytes(file.path());
    for (int length = 0; length < whole.length; length++) {
      Files.write(file.path(), java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(file::read).isInstanceOf(TornFileException.class);
    }
  }

  @Test
  void isTornWhenOneByteIsAnother() throws IOException {
    AtomicFile file = new AtomicFile(folder.resolve("state"));
    file.write("something".getBytes(UTF_8));
    byte[] bytes = Files.readAllBytes(file.path());
    bytes[3] ^= 1;
    Files.write(file.path(), bytes);
    assertThatThrownBy(file::read)
        .isInstanceOf(TornFileException.class)
        .hasMessageContaining("state")
        .hasMessageContaining("checksum");
  }

  @Test
  void isGoneAfterDelete() throws IOException {
    AtomicFile file = new AtomicFile(folder.resolve("state"));
    file.delete();
    file.write(new byte[] {1});
    file.delete();
    assertThat(file.read()).isEmpty();
  }
}
