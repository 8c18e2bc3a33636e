package dev.bumpless.router.modbus.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.router.ControlClient;
import dev.bumpless.router.Peer;
import java.io.IOException;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Copy, sync, flip and the way back, as a person types them. */
class StateCopyTest {
  private Rig rig;

  @BeforeEach
  void start() throws IOException {
    rig = new Rig();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  /** Sends a request, and waits for its answer. */
  private static byte[] ask(Peer master, String pdu) {
    byte[] bytes = HexFormat.of().parseHex(pdu.replace(" ", ""));
    byte[] frame = new byte[7 + bytes.length];
    frame[5] = (byte) (bytes.length + 1);
    frame[6] = 1;
    System.arraycopy(bytes, 0, frame, 7, bytes.length);
    master.send(frame);
    byte[] head = master.read(7);
    return master.read(head[5] - 1);
  }

  private void fill() {
    for (int i = 0; i < 1_000; i++) {
      rig.blue.set(i, i * 7 + 1);
      rig.blue.setCoil(i, i % 3 == 0 ? 1 : 0);
    }
  }

  @Test
  void what_is_asked_for_is_copied_and_nothing_else() {
    fill();
    String state = rig.copyWhole("holding:0-499,coils:10-99 skip=holding:100-109");
    assertThat(state)
        .contains("from=blue/0 to=green/0", "values=580", "holes=none", "wayBack=none");
    for (int i = 0; i < 1_000; i++) {
      boolean copied = i < 500 && (i < 100 || i > 109);
      assertThat(rig.green.holding(i)).as("holding %d", i).isEqualTo(copied ? i * 7 + 1 : 0);
      assertThat(rig.green.coil(i)).isEqualTo(i >= 10 && i < 100 && i % 3 == 0 ? 1 : 0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "06 0005 1234, 5, 4660",
    "10 0005 0002 04 0007 0008, 6, 8",
    "16 0005 0000 0021, 5, 33",
    "17 0000 0001 0005 0001 02 0009, 5, 9",
  })
  void what_masters_write_is_carried_before_the_flip_and_back_after_it(
      String write, int address, int value) {
    rig.copyWhole("holding:0-99,coils:0-9");
    Peer master = rig.master();
    ask(master, write);
    rig.swap("green");
    assertThat(rig.green.holding(address)).isEqualTo(value);
    assertThat(rig.awaitState("from=green/0", "wayBack=open")).contains("to=blue/0");
    ask(master, "06 0032 0063");
    ask(master, "05 0003 ff00");
    ask(master, "0f 0005 0002 01 03");
    rig.swap("blue");
    assertThat(rig.blue.holding(50)).isEqualTo(99);
    assertThat(rig.blue.coil(3) + rig.blue.coil(5) + rig.blue.coil(6)).isEqualTo(3);
  }

  @Test
  void what_masters_write_is_carried_back_live_without_a_hold() {
    rig.copyWhole("holding:0-99");
    rig.swap("green");
    ask(rig.master(), "06 0005 1234");
    org.awaitility.Awaitility.await().until(() -> rig.blue.holding(5) == 0x1234);
  }

  @Test
  void volatile_values_are_read_again_in_the_hold() {
    rig.copyWhole("holding:0-99 volatile=holding:90-99");
    rig.blue.set(95, 4711);
    String token = rig.control.hold("app", "5s");
    assertThat(rig.control.must("sync app " + token)).contains("values=10 written=1");
    assertThat(rig.green.holding(95)).isEqualTo(4711);
    assertThat(rig.control.must("sync app " + token)).contains("values=10 written=0");
  }

  @Test
  void a_write_to_another_unit_of_a_server_that_has_but_one_counts() {
    rig.copyWhole("holding:0-99");
    Peer master = rig.master();
    byte[] frame = HexFormat.of().parseHex("000100000006ff0600050abc");
    master.send(frame);
    master.read(12);
    rig.swap("green");
    assertThat(rig.green.holding(5)).isEqualTo(0xabc);
  }

  @Test
  void holes_of_the_source_are_left_out_and_told() {
    rig.blue.has(50);
    rig.green.has(50);
    fill();
    assertThat(rig.copyWhole("holding:0-99")).contains("values=50", "holes=1/holding:50-99");
    assertThat(rig.green.holding(49)).isEqualTo(49 * 7 + 1);
  }

  @Test
  void a_sync_needs_the_hold_and_a_copy_that_is_whole() {
    assertThat(rig.control.ask("sync app x")).startsWith("error NO_COPY").contains("boot");
    rig.copyWhole("holding:0-99");
    assertThat(rig.control.ask("sync app x")).startsWith("error HOLD_LOST");
    rig.control.must("forget app");
    String token = rig.control.hold("app", "5s");
    assertThat(rig.control.ask("sync app " + token)).startsWith("error NO_COPY");
    assertThat(rig.state()).isEqualTo("none");
  }

  @Test
  void what_is_skipped_twice_or_was_never_copied_does_no_harm() {
    fill();
    String skip = " skip=holding:10-19,holding:15-29,holding:10-19,holding:60000-65535,coils:7";
    assertThat(rig.copyWhole("holding:0-99" + skip)).contains("values=80", "holes=none");
    assertThat(rig.green.holding(9)).isEqualTo(9 * 7 + 1);
    assertThat(rig.green.holding(10)).isZero();
    assertThat(rig.green.holding(29)).isZero();
    assertThat(rig.green.holding(30)).isEqualTo(30 * 7 + 1);
    rig.swap("green");
  }

  @Test
  void the_same_values_in_another_order_are_the_same_copy() {
    String first = rig.copy("holding:0-99,coils:0-9 skip=holding:5,coils:3 volatile=holding:7-8");
    assertThat(
            rig.copy(
                "coils:0-9,holding:50-99,holding:0-60 skip=coils:3,holding:5,holding:700"
                    + " volatile=holding:8,holding:7"))
        .isEqualTo(first);
    assertThat(rig.copy("holding:0-99,coils:0-9 skip=holding:5,coils:3 volatile=holding:7"))
        .isNotEqualTo(first);
  }

  @Test
  void the_same_copy_again_is_the_same_and_another_replaces_it() {
    String first = rig.copy("holding:0-99");
    assertThat(rig.copy("holding:0-99")).isEqualTo(first);
    assertThat(rig.copy("holding:0-98")).isNotEqualTo(first);
    assertThat(rig.control.ask("copy app green/0 blue/0 1 holding:0")).startsWith("error INVALID");
    assertThat(rig.control.ask("copy app blue/0 blue/0 1 holding:0")).startsWith("error INVALID");
  }

  @ParameterizedTest
  @CsvSource({
    "256 holding:0",
    "1 holding:0-65536",
    "1 holding:5-4",
    "1 input:0",
    "x holding:0",
    "1 holding:0 skip=holding:0",
    "1 holding:0 skip=coils",
    "1 holding:0 often=yes",
  })
  void what_makes_no_sense_is_refused(String what) {
    assertThat(rig.control.ask("copy app blue/0 green/0 " + what)).startsWith("error INVALID copy");
    assertThat(rig.state()).isEqualTo("none");
  }

  @Test
  void a_flip_without_a_sync_ends_the_copy() {
    rig.copyWhole("holding:0-99");
    rig.router().flip("app", "green");
    assertThat(rig.awaitState("phase=failed")).contains("without a sync");
    ask(rig.master(), "06 0005 1234");
    rig.router().flip("app", "blue");
    assertThat(rig.blue.holding(5)).isZero();
  }

  @Test
  void an_unknown_function_closes_the_way_back_and_a_new_copy_opens_it() {
    rig.copyWhole("holding:0-99");
    Peer master = rig.master();
    ask(master, "64 01 02 03 04");
    rig.swap("green");
    rig.awaitState("from=green/0", "wayBack=open");
    ask(master, "64 01 02 03 04");
    assertThat(rig.awaitState("wayBack=closed")).contains("function 100 passed to green/0");
    ask(master, "06 0005 1234");
    rig.control.must("copy app green/0 blue/0 1 holding:0-99");
    rig.awaitState("wayBack=open", "phase=whole");
    rig.swap("blue");
    assertThat(rig.blue.holding(5)).isEqualTo(0x1234);
  }

  @Test
  void an_unknown_function_right_after_the_flip_is_told_as_the_way_back() {
    rig.copyWhole("holding:0-99");
    Peer master = rig.master();
    for (String[] ways : new String[][] {{"blue", "green"}, {"green", "blue"}}) {
      rig.swap(ways[1]);
      ask(master, "64 01 02 03 04");
      assertThat(rig.awaitState("phase=failed")).contains("wayBack=closed", "function 100");
      rig.control.must("copy app " + ways[1] + "/0 " + ways[0] + "/0 1 holding:0-99");
      rig.awaitState("phase=whole", "wayBack=open");
    }
  }

  @Test
  void after_a_flip_without_a_sync_a_new_copy_is_the_way_back() {
    rig.copyWhole("holding:0-99");
    rig.router().flip("app", "green");
    rig.awaitState("phase=failed");
    rig.control.must("copy app green/0 blue/0 1 holding:0-99");
    rig.awaitState("phase=whole", "wayBack=open");
  }

  @Test
  void a_connection_that_talks_no_modbus_ends_the_copy() {
    rig.copyWhole("holding:0-99");
    rig.master().send("hello, who is there?");
    assertThat(rig.awaitState("phase=failed")).contains("talks no Modbus");
  }

  @Test
  void a_write_without_an_answer_is_read_again() {
    rig.copyWhole("holding:0-99");
    rig.blue.answers(frame -> frame[7] == 6 ? new byte[0] : frame);
    Peer master = rig.master();
    master.send(HexFormat.of().parseHex("000100000006010600050abc"));
    org.awaitility.Awaitility.await().until(() -> rig.blue.holding(5) == 0xabc);
    master.reset();
    rig.swap("green");
    assertThat(rig.green.holding(5)).isEqualTo(0xabc);
  }

  @Test
  void a_sync_that_is_released_without_a_flip_leaves_all_as_it_was() {
    rig.copyWhole("holding:0-99");
    try (ControlClient control = rig.router().control()) {
      String token = control.hold("app", "5s");
      control.must("sync app " + token);
      control.must("release app " + token);
    }
    ask(rig.master(), "06 0005 1234");
    assertThat(rig.blue.holding(5)).isEqualTo(0x1234);
    rig.swap("green");
    assertThat(rig.green.holding(5)).isEqualTo(0x1234);
  }
}
