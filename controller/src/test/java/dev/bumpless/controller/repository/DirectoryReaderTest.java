package dev.bumpless.controller.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bumpless.controller.problem.ProblemException;
import dev.bumpless.controller.source.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryReaderTest {
  @TempDir private Path folder;
  private Path plants;

  @BeforeEach
  void make() throws IOException {
    plants = Files.createDirectories(folder.resolve("plants/a"));
    Files.writeString(plants.resolve("pump.yaml"), "name: pump\n");
  }

  @Test
  void readsWhatLiesThereAndSeesWhatChanged() throws IOException {
    Files.createDirectories(plants.resolve("deep/.hidden"));
    Files.writeString(plants.resolve("deep/web.yml"), "name: web\n");
    Files.writeString(plants.resolve("deep/.hidden/x.yaml"), "name: x\n");
    Files.writeString(plants.resolve("notes.txt"), "words\n");

    Snapshot first = read();

    assertThat(first.files()).containsOnlyKeys("deep/web.yml", "pump.yaml");
    assertThat(read().revision()).isEqualTo(first.revision());
    Files.writeString(plants.resolve("pump.yaml"), "name: pump2\n");
    assertThat(read().revision()).isNotEqualTo(first.revision());
  }

  @Test
  void aLinkThatStaysInsideIsReadAndOneThatLeadsOutIsRefused() throws IOException {
    Files.createDirectories(plants.resolve("..data"));
    Files.writeString(plants.resolve("..data/mounted"), "name: mounted\n");
    Files.createSymbolicLink(plants.resolve("mounted.yaml"), Path.of("..data/mounted"));
    Files.createSymbolicLink(plants.resolve("elsewhere"), folder);
    assertThat(read().files()).containsEntry("mounted.yaml", "name: mounted\n").hasSize(2);

    Path secret = Files.writeString(folder.resolve("secret.yaml"), "secret: 1\n");
    Files.createSymbolicLink(plants.resolve("link.yaml"), secret);
    assertThat(failure()).contains("link.yaml: it is a link that leads out of the folder");
  }

  @Test
  void whatIsNoFileIsRefusedAndNotWaitedFor() throws Exception {
    Process made = new ProcessBuilder("mkfifo", plants.resolve("pipe.yaml").toString()).start();
    assertThat(made.waitFor()).isZero();

    assertThat(failure()).contains("pipe.yaml: it is no file");
  }

  @Test
  void whatIsTooLargeNoTextOrNotThereIsTold() throws IOException {
    Files.write(plants.resolve("pump.yaml"), new byte[] {(byte) 0xc3, (byte) 0x28});
    assertThat(failure()).contains("pump.yaml: it is not UTF-8");

    Files.writeString(plants.resolve("pump.yaml"), "#".repeat(Manifests.MOST_FILE_BYTES + 1));
    assertThat(failure()).contains("pump.yaml: it is larger than 256 KiB");

    Files.delete(plants.resolve("pump.yaml"));
    assertThat(failure()).contains("it holds no *.yaml or *.yml");

    Files.delete(plants);
    assertThat(failure()).contains("is not there, or no folder");
  }

  private Snapshot read() {
    return new DirectoryReader(plants).read(Optional.empty());
  }

  private String failure() {
    ProblemException thrown = catchThrowableOfType(ProblemException.class, this::read);
    assertThat(thrown).isNotNull();
    return thrown.problem().message();
  }
}
