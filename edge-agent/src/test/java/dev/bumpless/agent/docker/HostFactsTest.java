package dev.bumpless.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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
  void who_listens_is_read_from_the_tables_of_the_kernel() {
    assertThat(
            Listeners.parse(
                List.of(
                    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when",
                    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000",
                    "   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000",
                    "   2: 0100007F:8B2A 0100007F:1F90 01 00000000:00000000 00:00000000",
                    "   0: 00000000000000000000000000000000:0050 0 0A 00000000:00000000",
                    "   1: 00000000000000000000000001000000:0051 0 0A 00000000:00000000",
                    "   2: 0000000000000000FFFF00000100007F:0052 0 0A 00000000:00000000")))
        .containsExactlyInAnyOrder(
            "127.0.0.1:8080", "0.0.0.0:22", "[::]:80", "[0:0:0:0:0:0:0:1]:81", "127.0.0.1:82");
  }

  @Test
  void a_listener_of_this_machine_is_seen() throws IOException {
    try (ServerSocket mine = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(Listeners.read()).contains("127.0.0.1:" + mine.getLocalPort());
    }
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
