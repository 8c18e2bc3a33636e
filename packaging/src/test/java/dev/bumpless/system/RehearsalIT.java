package dev.bumpless.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rollout through simulated devices, by the programs of the tarball. */
class RehearsalIT {
  @TempDir private Path folder;
  private Path home;
  private Path rollout;

  @BeforeEach
  void unpack() throws Exception {
    home = WholeSystem.unpack(folder.resolve("home"));
    rollout =
        Files.writeString(
            folder.resolve("rollout.yaml"),
            """
            apiVersion: bumpless.dev/v1
            kind: Rollout
            name: next
            app: pump@3
            target: { site: plant-a }
            waves: [ { devices: 5, then: approve }, { percent: 100 } ]
            limits: { failures: 20% }
            """);
  }

  @Test
  void one_that_is_well_comes_through_all_its_waves() throws Exception {
    Said said = rehearse("--devices", "30");

    assertThat(said.exitCode()).as(said.text()).isZero();
    assertThat(said.text())
        .contains("rehearsed without: then: approve (given at once)")
        .containsPattern("1 +5 devices +5 +5 +0 +0")
        .containsPattern("2 +100 % +25 +25 +0 +0")
        .contains("FINISHED after");
  }

  @Test
  void one_that_fails_stops_in_its_first_wave() throws Exception {
    Said said = rehearse("--devices", "30", "--fail", "100%");

    assertThat(said.exitCode()).as(said.text()).isEqualTo(1);
    assertThat(said.text())
        .containsPattern("2 +100 % +25 +0 +0 +25")
        .contains("PAUSED after")
        .contains("of wave 1 failed, at most 1 may");
  }

  @Test
  void what_is_wrong_is_told_and_nothing_is_started() throws Exception {
    Said share = rehearse("--fail", "many");
    assertThat(share.exitCode()).isEqualTo(2);
    assertThat(share.text()).contains("--fail many: expected a share such as 3%");

    Files.writeString(rollout, "kind: Rollout\nwaves: 7\n");
    Said manifest = rehearse();
    assertThat(manifest.exitCode()).isEqualTo(2);
    assertThat(manifest.text()).contains("rollout.yaml:2:8: expected a list of maps");
  }

  private record Said(int exitCode, String text) {}

  private Said rehearse(String... options) throws IOException, InterruptedException {
    ProcessBuilder program =
        new ProcessBuilder(
            home.resolve("bin/bumpless").toString(),
            "rollout",
            "rehearse",
            "-f",
            rollout.toString());
    program.command().addAll(java.util.List.of(options));
    Process process = program.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(process.waitFor(), text);
  }
}
