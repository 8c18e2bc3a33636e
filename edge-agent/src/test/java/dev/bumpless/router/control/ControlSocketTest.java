package dev.bumpless.router.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bumpless.router.ControlClient;
import dev.bumpless.router.RunningRouter;
import dev.bumpless.router.http.HttpLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The grammar, as a person types it. */
class ControlSocketTest {
  @TempDir Path folder;
  private RunningRouter router;
  private ControlClient control;
  private final String listen = RunningRouter.freeAddress();

  @BeforeEach
  void start() throws IOException {
    router = RunningRouter.start(folder, 16, HttpLimits.DEFAULT);
    control = router.control();
  }

  @AfterEach
  void stop() {
    control.close();
    router.close();
  }

  private void define() {
    control.must(
        "define pump route=%s/http target=blue/0,%s,127.0.0.1:1 target=green/0 target=green/1"
            .formatted(listen, listen));
  }

  @Test
  void only_the_owner_may_open_the_socket() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(router.socket())))
        .isEqualTo("rw-------");
  }

  @Test
  void an_address_that_is_none_reaches_no_disk_from_where_it_would_stop_the_next_start()
      throws IOException {
    define();
    assertThat(
            control.ask(
                "define pump route=%1$s/http target=blue/0,%1$s,[1:2]:80".formatted(listen)))
        .startsWith("error INVALID");
    router.close();
    router = RunningRouter.start(folder, 16, HttpLimits.DEFAULT);
    assertThat(router.ask("hold pump 1s")).contains("generation=1");
  }

  @Test
  void help_names_every_command_and_shows_end_with_an_empty_line() {
    assertThat(control.askAll("help"))
        .anyMatch(line -> line.startsWith("flip APP"))
        .anyMatch(line -> line.startsWith("drain APP"));
    assertThat(control.askAll("show info"))
        .satisfies(lines -> assertThat(lines.get(0)).matches("ok boot=[0-9a-f]{8}"))
        .contains("version=test");
    assertThat(control.askAll("show connections")).hasSize(1);
  }

  @Test
  void what_was_defined_is_shown() {
    define();
    String token = control.hold("pump", "10s");
    control.must("flip pump blue " + token);
    control.must("release pump " + token);
    assertThat(control.askAll("show routes").subList(1, 8))
        .containsExactly(
            "app pump generation=2 hold=none",
            "route pump " + listen + "/http state=listening",
            "target pump blue/0",
            "target pump blue/0," + listen + ",127.0.0.1:1",
            "target pump green/0",
            "target pump green/1",
            "serving pump blue/0");
  }

  @Test
  void a_slot_names_all_its_instances_and_none_nobody() {
    define();
    String token = control.hold("pump", "10s");
    control.must("flip pump green " + token);
    assertThat(control.askAll("show routes"))
        .contains("serving pump green/0", "serving pump green/1");
    control.must("flip pump blue/0,green/1 " + token);
    assertThat(control.askAll("show routes"))
        .contains("serving pump blue/0", "serving pump green/1")
        .doesNotContain("serving pump green/0");
    control.must("flip pump none " + token);
    assertThat(control.askAll("show routes")).noneMatch(line -> line.startsWith("serving"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "frob",
        "show",
        "show nothing",
        "show routes now",
        "define",
        "define Pump",
        "define pump routes=1.2.3.4:80/http",
        "define pump route=1.2.3.4:80",
        "define pump route=1.2.3.4/http",
        "define pump route=1.2.3.4:99999/http",
        "define pump route=localhost:80/http",
        "define pump route=1.2.3:80/http",
        "define pump route=::1:80/http",
        "define pump route=1.2.3.4:80/udp,idle=5",
        "define pump route=1.2.3.4:80/udp,idle=900001ms",
        "define pump route=1.2.3.4:80/udp,moves=never",
        "define pump route=1.2.3.4:80/udp,answer=5ms",
        "define pump route=1.2.3.4:80/modbus,fast",
        "define pump route=1.2.3.4:80/modbus,answer=200",
        "define pump route=1.2.3.4:80/modbus,answer=60001ms",
        "define pump route=1.2.3.4:80/modbus,pipelined=0",
        "define pump route=1.2.3.4:80/modbus,pipelined=257",
        "define pump route=1.2.3.4:80/modbus,pipelined=4,pipelined=4",
        "define pump route=1.2.3.4:80/tcp,pipelined=4",
        "define pump route=1.2.3.4:80/gopher",
        "define pump route=127.0.0.1:1/tcp route=127.0.0.1:1/tcp",
        "define pump target=red/0",
        "define pump target=blue",
        "define pump target=blue/01",
        "define pump target=blue/0,1.2.3.4:80",
        "define pump target=blue/0,1.2.3.4:80,1.2.3.5:80",
        "hold pump",
        "hold pump 250",
        "hold pump 0ms",
        "hold pump 1h",
        "hold pump 99999999m",
        "hold pump 1ms 2ms",
        "flip pump green",
        "flip pump red x",
        "flip pump blue/0,,blue/1 x",
        "release pump",
        "drain pump blue",
        "drain pump blue soon",
        "remove",
        "remove a b"
      })
  void nonsense_is_refused_and_the_connection_goes_on(String line) {
    define();
    List<String> before = control.askAll("show routes");
    assertThat(control.ask(line)).startsWith("error INVALID ");
    assertThat(control.askAll("show routes")).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hold other 1s|UNKNOWN_APP",
        "flip other green x|UNKNOWN_APP",
        "drain other blue 1s|UNKNOWN_APP",
        "flip pump green nonsense|HOLD_LOST",
        "flip pump green/7 nonsense|HOLD_LOST",
        "release pump nonsense|HOLD_LOST"
      })
  void what_cannot_be_done_says_why(String line, String code) {
    define();
    assertThat(control.ask(line)).startsWith("error " + code + " ");
  }

  @Test
  void words_may_be_far_apart_and_empty_lines_mean_nothing() {
    control.send("");
    control.send("   ");
    assertThat(control.ask("  show \t info  \r")).startsWith("ok boot=");
    while (!control.readLine().isEmpty()) {
      // The rest of the answer.
    }
    define();
  }

  @Test
  void several_lines_at_once_are_answered_in_order() {
    control.send("remove a\nfrob\nremove b");
    assertThat(control.readLine()).isEqualTo("ok");
    assertThat(control.readLine()).startsWith("error INVALID frob");
    assertThat(control.readLine()).isEqualTo("ok");
  }

  @Test
  void a_line_without_end_is_refused() {
    control.send("x".repeat(Session.LONGEST_LINE + 10));
    assertThat(control.readLine()).startsWith("error INVALID a line of more than");
    assertThat(control.readLine()).isNull();
  }

  @Test
  void a_long_definition_fits() {
    StringBuilder line = new StringBuilder("define pump route=" + listen + "/tcp");
    for (int i = 0; i < 128; i++) {
      line.append(" target=blue/%d,%s,172.30.1.%d:1880".formatted(i, listen, i));
    }
    control.must(line.toString());
    assertThat(control.ask(line + " target=green/0")).startsWith("error INVALID").contains("128");
  }

  @Test
  void one_connection_too_many_is_told_so_and_closed() {
    List<ControlClient> others = new ArrayList<>();
    for (int i = 1; i < ControlSocket.MOST_SESSIONS; i++) {
      others.add(router.control());
      others.get(others.size() - 1).must("remove x");
    }
    try (ControlClient tooMany = router.control()) {
      assertThat(tooMany.readLine()).startsWith("error BUSY");
      assertThat(tooMany.readLine()).isNull();
    }
    others.forEach(ControlClient::close);
    await()
        .until(
            () -> {
              try (ControlClient again = router.control()) {
                return again.ask("remove x").equals("ok");
              }
            });
  }

  @Test
  void a_hold_ends_with_the_connection_that_took_it() {
    define();
    ControlClient holder = router.control();
    String token = holder.hold("pump", "1m");
    assertThat(control.ask("hold pump 1s")).startsWith("error HELD");
    holder.close();
    await().until(() -> control.askAll("show routes").get(1).endsWith("hold=none"));
    assertThat(control.ask("flip pump green " + token)).startsWith("error HOLD_LOST");
  }

  @Test
  void a_second_router_on_the_same_state_or_socket_is_refused(@TempDir Path other) {
    assertThatThrownBy(() -> RunningRouter.start(folder, 16, HttpLimits.DEFAULT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another router works on");
    assertThat(control.ask("remove x")).isEqualTo("ok");
  }

  @Test
  void an_address_that_another_program_has_is_refused() throws IOException {
    try (var taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      assertThat(control.ask("define pump route=" + listen + "/tcp route=" + address + "/tcp"))
          .startsWith("error ADDRESS_IN_USE")
          .contains(address);
      assertThat(control.askAll("show routes")).hasSize(1);
    }
    define();
  }
}
