package dev.bumpless.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostFactsTest {
  @ParameterizedTest
  @CsvSource({
    "amd64, x86_64, linux/amd64",
    "arm64, aarch64, linux/arm64/v8",
    "arm, armv7l, linux/arm/v7",
    "arm, armv6l, linux/arm/v6",
    "arm, aarch64, linux/arm/v7"
  })
  void platforms_are_named_as_in_an_oci_index(String engine, String machine, String name) {
    assertThat(Platforms.name(engine, machine)).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "amd64, amd64, true",
    "amd64, 386, true",
    "amd64, arm64, false",
    "arm64, arm, true",
    "arm, arm64, false",
    "arm, '', true"
  })
  void an_engine_runs_its_own_family(String engine, String image, boolean runs) {
    assertThat(Platforms.runs(engine, image)).isEqualTo(runs);
  }

  @Test
  void available_memory_is_what_the_kernel_says() {
    assertThat(
            HostFacts.availableMemoryBytes(
                List.of("MemTotal:  947732 kB", "MemAvailable:     2048 kB")))
        .isEqualTo(2048 * 1024);
    assertThat(HostFacts.availableMemoryBytes(List.of())).isZero();
  }

  @Test
  void free_disk_of_a_folder_that_is_not_there_is_that_of_the_one_above(@TempDir Path folder) {
    assertThat(HostFacts.freeDiskBytes(folder.resolve("a/b/c"))).isPositive();
  }
}
