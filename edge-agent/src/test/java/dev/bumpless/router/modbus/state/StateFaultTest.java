package dev.bumpless.router.modbus.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.router.Peer;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever the new one does, the old one goes on serving and the message names the cause. */
class StateFaultTest {
  private static final String COPY = "holding:0-199";
  private Rig rig;
  private Peer master;

  @BeforeEach
  void start() throws IOException {
    rig = new Rig();
    for (int i = 0; i < 1_000; i++) {
      rig.blue.set(i, i + 1);
    }
    master = rig.master();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  /** Through the router, on the connection that has been there from the start. */
  private void blueServes() {
    byte[] write = HexFormat.of().parseHex("0001000000060106012c0000");
    int value = rig.blue.holding(300) + 1;
    write[10] = (byte) (value >> 8);
    write[11] = (byte) value;
    assertThat(master.send(write).read(12)).isEqualTo(write);
    assertThat(rig.blue.holding(300)).isEqualTo(value);
    assertThat(rig.green.holding(300)).isZero();
  }

  /** While it is copied, and in a hold. */
  private String failsLive(UnaryOperator<byte[]> fault) {
    rig.green.answers(fault);
    rig.copy(COPY);
    String state = rig.awaitState("phase=failed");
    String token = rig.control.hold("app", "5s");
    assertThat(rig.control.ask("sync app " + token)).startsWith("error NO_COPY");
    rig.control.must("release app " + token);
    blueServes();
    return state;
  }

  private String failsHeld(Runnable fault) {
    rig.copyWhole(COPY + " volatile=holding:150-160");
    rig.blue.set(155, 4711);
    String token = rig.control.hold("app", "5s");
    fault.run();
    String answer = rig.control.ask("sync app " + token);
    assertThat(answer).startsWith("error COPY_FAILED").contains("who serves has not changed");
    assertThat(rig.control.must("release app " + token)).contains("ended=released");
    assertThat(rig.state()).contains("phase=failed");
    blueServes();
    return answer;
  }

  private static byte[] exception(byte[] frame, int code) {
    byte[] answer = Arrays.copyOf(frame, 9);
    answer[5] = 3;
    answer[7] |= (byte) 0x80;
    answer[8] = (byte) code;
    return answer;
  }

  private static byte[] otherId(byte[] frame) {
    byte[] answer = frame.clone();
    answer[1] ^= 0x55;
    return answer;
  }

  private static byte[] fewer(byte[] frame) {
    if (frame[7] != 3) {
      return frame;
    }
    byte[] answer = Arrays.copyOf(frame, frame.length - 2);
    answer[5] = (byte) (answer[5] - 2);
    answer[8] = (byte) (answer[8] - 2);
    return answer;
  }

  private static byte[] cut(byte[] frame) {
    return Arrays.copyOf(frame, frame.length - 1);
  }

  @Test
  void exceptions() {
    assertThat(failsLive(frame -> exception(frame, 4))).contains("green/0 answered exception 04");
  }

  @Test
  void exceptions_in_the_hold() {
    assertThat(failsHeld(() -> rig.green.answers(frame -> exception(frame, 4))))
        .contains("green/0 answered exception 04");
  }

  @Test
  void writes_that_are_refused() {
    assertThat(failsLive(frame -> frame[7] == 16 ? exception(frame, 3) : frame))
        .contains("green/0 answered exception 03 (writing unit 1 holding 0-122)");
  }

  @Test
  void fewer_values_than_asked_for() {
    assertThat(failsLive(StateFaultTest::fewer))
        .contains("green/0 answered 244 bytes of values to a read of unit 1 holding 0-122");
  }

  @Test
  void answers_that_are_cut_short() {
    assertThat(failsLive(StateFaultTest::cut)).contains("green/0 did not answer within 1000 ms");
  }

  @Test
  void another_transaction_id() {
    assertThat(failsLive(StateFaultTest::otherId)).contains("green/0 answered transaction 1 under");
  }

  @Test
  void another_transaction_id_in_the_hold() {
    assertThat(failsHeld(() -> rig.green.answers(StateFaultTest::otherId)))
        .contains("green/0 answered transaction");
  }

  private void slow() {
    CountDownLatch never = new CountDownLatch(1);
    rig.green.before(
        () -> {
          try {
            assertThat(never.await(2, TimeUnit.SECONDS)).isFalse();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  @Test
  void two_seconds_for_an_answer() {
    slow();
    assertThat(failsLive(frame -> frame)).contains("green/0 did not answer within 1000 ms");
  }

  @Test
  void two_seconds_for_an_answer_in_a_hold_that_is_shorter() {
    rig.copyWhole(COPY + " volatile=holding:150-160");
    slow();
    long start = System.nanoTime();
    String token = rig.control.hold("app", "250ms");
    assertThat(rig.control.ask("sync app " + token)).contains("green/0 did not answer within");
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(1_000);
    blueServes();
  }

  @Test
  void a_register_that_it_does_not_have() {
    rig.green.has(190);
    assertThat(failsLive(frame -> frame))
        .contains("green/0 lacks unit 1 holding 190, which blue/0 has");
  }

  @Test
  void a_value_that_it_does_not_take() {
    rig.green.before(() -> rig.green.set(17, 9));
    assertThat(failsLive(frame -> frame))
        .contains("unit 1 holding 17 is 9 in green/0 right after the 18 of blue/0");
  }

  @Test
  void a_value_that_it_changes_by_itself_later() {
    rig.copyWhole(COPY);
    AtomicBoolean ended = new AtomicBoolean();
    rig.green.answers(
        frame -> {
          if (frame[7] == 16 && !ended.get()) {
            rig.green.set(42, rig.green.holding(42) + 7);
          }
          return frame;
        });
    rig.green.set(42, 7);
    assertThat(rig.awaitState("phase=failed")).contains("unit 1 holding 42");
    ended.set(true);
    blueServes();
  }

  @Test
  void a_value_that_it_changes_by_itself_now_and_then() {
    rig.copyWhole(COPY);
    rig.green.set(42, 7);
    org.awaitility.Awaitility.await().until(() -> rig.green.holding(42) == 43);
    rig.green.set(42, 8);
    assertThat(rig.awaitState("phase=failed"))
        .contains("unit 1 holding 42 changes by itself in blue/0 or green/0");
    blueServes();
  }

  @Test
  void a_value_that_it_changes_in_the_hold() {
    assertThat(failsHeld(() -> rig.green.before(() -> rig.green.set(155, 9))))
        .contains("unit 1 holding 155 is 9 in green/0 right after the 4711 of blue/0");
  }

  @Test
  void its_death_in_the_hold() {
    assertThat(failsHeld(() -> rig.green.instance().close())).contains("green/0 failed");
  }

  @Test
  void its_death_in_the_middle_of_a_sync() {
    AtomicBoolean dies = new AtomicBoolean();
    rig.green.answers(
        frame -> {
          if (dies.get() && frame[7] == 16) {
            throw new IllegalStateException("dies");
          }
          return frame;
        });
    String answer = failsHeld(() -> dies.set(true));
    assertThat(answer).contains("green/0");
  }

  @Test
  void a_hold_that_is_over_before_the_sync_is() {
    rig.copyWhole(COPY);
    String token = rig.control.hold("app", "1ms");
    org.awaitility.Awaitility.await()
        .until(() -> rig.control.ask("sync app " + token).startsWith("error HOLD_LOST"));
    blueServes();
    assertThat(rig.swap("green")).startsWith("ok");
  }

  @Test
  void the_death_of_the_old_one_closes_the_way_back() {
    rig.copyWhole(COPY);
    rig.swap("green");
    rig.awaitState("wayBack=open");
    rig.blue.instance().close();
    assertThat(rig.awaitState("wayBack=closed")).contains("blue/0 failed");
  }

  private int dirty() {
    String state = rig.state();
    return Integer.parseInt(state.replaceAll(".* dirty=(\\d+) .*", "$1"));
  }

  /** Acknowledged. */
  private void write(int address, int value) {
    byte[] write = HexFormat.of().parseHex("000100000006010600000000");
    write[8] = (byte) (address >> 8);
    write[9] = (byte) address;
    write[11] = (byte) value;
    assertThat(master.send(write).read(12)).isEqualTo(write);
  }

  @Test
  void what_was_being_carried_when_the_new_one_died_is_told_as_dirty() {
    rig.copyWhole(COPY);
    rig.green.answers(
        frame -> {
          if (frame[7] == 16) {
            throw new IllegalStateException("dies");
          }
          return frame;
        });
    write(7, 99);
    rig.awaitState("phase=failed");
    assertThat(dirty()).isEqualTo(1);
    write(8, 99);
    write(300, 99);
    assertThat(dirty()).as("what is written afterwards, where it is copied").isEqualTo(2);
  }

  @Test
  void what_a_sync_did_not_get_over_is_told_as_dirty() {
    rig.copyWhole(COPY);
    rig.green.answers(
        frame -> {
          if (frame[7] == 16) {
            throw new IllegalStateException("dies");
          }
          return frame;
        });
    String token = rig.control.hold("app", "5s");
    rig.blue.set(7, 99);
    rig.control.must("release app " + token);
    write(7, 98);
    token = rig.control.hold("app", "5s");
    assertThat(rig.control.ask("sync app " + token)).startsWith("error");
    assertThat(dirty()).isPositive();
    rig.control.must("release app " + token);
    assertThat(dirty()).isPositive();
  }

  @Test
  void writes_that_died_with_the_new_one_are_told_as_dirty_and_why_the_way_back_is_closed()
      throws Exception {
    rig.copyWhole(COPY);
    rig.swap("green");
    assertThat(rig.state()).contains("from=green/0", "to=blue/0", "wayBack=open", "dirty=0");
    CountDownLatch dead = new CountDownLatch(1);
    rig.green.answers(
        frame -> {
          if (frame[7] == 3) {
            try {
              dead.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            throw new IllegalStateException("died");
          }
          return frame;
        });
    write(7, 99);
    write(8, 99);
    rig.green.instance().close();
    dead.countDown();
    assertThat(rig.awaitState("wayBack=closed")).contains("phase=failed", "reason=\"green/0 ");
    assertThat(dirty()).isEqualTo(2);
  }

  @Test
  void after_a_function_that_nobody_understands_nothing_is_known_to_be_there() {
    rig.copyWhole(COPY);
    rig.swap("green");
    master.send(HexFormat.of().parseHex("000100000006016401020304")).read(12);
    assertThat(rig.awaitState("wayBack=closed")).contains("function 100");
    assertThat(dirty()).isEqualTo(200);
  }

  @Test
  void what_the_new_one_begins_with_after_a_restart_is_not_carried_back() {
    rig.copyWhole(COPY);
    rig.swap("green");
    rig.green.startAnew();
    assertThat(rig.awaitState("wayBack=closed"))
        .contains("green/0 ended its connection, and may have lost what it had");
    for (int i = 0; i < 200; i++) {
      assertThat(rig.blue.holding(i)).isEqualTo(i + 1);
    }
  }

  @Test
  void a_new_one_that_was_restarted_is_copied_again() {
    rig.copyWhole(COPY);
    rig.green.startAnew();
    org.awaitility.Awaitility.await().until(() -> rig.green.holding(199) == 200);
    rig.awaitState("phase=whole", "dirty=0");
    rig.swap("green");
    assertThat(rig.green.holding(0)).isEqualTo(1);
  }

  @Test
  void one_that_was_restarted_just_before_the_hold_is_found_out_in_it() {
    rig.copyWhole(COPY);
    String token = rig.control.hold("app", "5s");
    rig.green.startAnew();
    String answer = rig.control.ask("sync app " + token);
    assertThat(answer).matches("error (COPY_FAILED .*green/0 failed: it ended.*|NO_COPY .*)");
    rig.control.must("release app " + token);
    blueServes();
    rig.awaitState("phase=whole", "dirty=0");
    rig.swap("green");
    for (int i = 0; i < 200; i++) {
      assertThat(rig.green.holding(i)).isEqualTo(i + 1);
    }
  }

  @Test
  void a_sync_that_the_hold_is_too_short_for_says_so_while_the_hold_is_on() {
    rig.copyWhole("holding:400-9999 volatile=holding:400-9999");
    CountDownLatch never = new CountDownLatch(1);
    rig.green.before(
        () -> {
          try {
            assertThat(never.await(100, TimeUnit.MILLISECONDS)).isFalse();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    String token = rig.control.hold("app", "4s");
    byte[] read = HexFormat.of().parseHex("000100000006010300070001");
    master.send(read);
    assertThat(rig.control.ask("sync app " + token))
        .startsWith("error COPY_FAILED")
        .contains("the hold is too short", "of 9600 values");
    assertThat(rig.control.must("release app " + token)).contains("ended=released", "parked=1");
    assertThat(master.read(11)[10]).isEqualTo((byte) 8);
    blueServes();
  }
}
