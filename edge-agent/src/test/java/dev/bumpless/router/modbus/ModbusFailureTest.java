package dev.bumpless.router.modbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.router.Instance;
import dev.bumpless.router.Peer;
import dev.bumpless.router.RunningRouter;
import dev.bumpless.router.Service;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a request whose instance fails. */
class ModbusFailureTest {
  private static final int BUSY = 6;
  private static final int NO_PATH = 0x0A;
  private static final int NO_ANSWER = 0x0B;

  private RunningRouter router;

  @BeforeEach
  void start() throws IOException {
    router = RunningRouter.start();
  }

  @AfterEach
  void stop() {
    router.close();
  }

  private static Adu ask(Peer master, Adu request) {
    master.send(request.bytes());
    Adu answer = Adu.from(master);
    assertThat(answer.id()).isEqualTo(request.id());
    assertThat(answer.unit()).isEqualTo(request.unit());
    return answer;
  }

  @Test
  void a_unit_that_nobody_has_is_answered_busy_in_time_and_blamed_on_nobody() {
    Service service = Service.modbus(router, new Registers(1).instance());
    Peer master = service.connect();
    for (int id = 0; id < 5; id++) {
      long start = System.nanoTime();
      Adu answer = ask(master, Adu.read(id, Registers.SILENT, 0, 1));
      assertThat(answer.exception()).isEqualTo(BUSY);
      assertThat(answer.function()).isEqualTo(0x83);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(ModbusLimits.DEFAULT.answerTime());
      assertThat(ask(master, Adu.read(id, 1, 0, 1)).register()).isEqualTo(1);
    }
    assertThat(service.stat("blue/0", "failures")).isZero();
    assertThat(service.stat("blue/0", "underway")).isZero();
  }

  @Test
  void a_silent_unit_delays_nobody_else_on_the_same_connection() {
    Peer master = Service.modbus(router, new Registers(1).instance()).connect();
    master.send(Adu.read(1, Registers.SILENT, 0, 1).bytes());
    master.send(Adu.read(2, 1, 0, 1).bytes());
    assertThat(Adu.from(master).id()).isEqualTo(2);
    Adu late = Adu.from(master);
    assertThat(late.id()).isEqualTo(1);
    assertThat(late.exception()).isEqualTo(BUSY);
  }

  @Test
  void a_unit_that_fell_silent_is_a_failure() {
    CountDownLatch ill = new CountDownLatch(1);
    Instance blue =
        Instance.running(
            client -> {
              while (true) {
                Adu request = Adu.from(client);
                if (ill.getCount() > 0) {
                  client.send(request.reply(3, 2, 0, 1).bytes());
                }
              }
            });
    Service service = Service.modbus(router, blue);
    Peer master = service.connect();
    assertThat(ask(master, Adu.read(1, 1, 0, 1)).register()).isEqualTo(1);
    ill.countDown();
    assertThat(ask(service.connect(), Adu.read(1, 1, 0, 1)).exception()).isEqualTo(BUSY);
    assertThat(service.stat("blue/0", "failures")).isEqualTo(1);
  }

  @Test
  void an_answer_that_comes_late_is_nobodys() throws Exception {
    CountDownLatch late = new CountDownLatch(1);
    Instance slow =
        Instance.running(
            client -> {
              Adu first = Adu.from(client);
              late.await();
              client.send(first.reply(3, 2, 0xde, 0xad).bytes());
              while (true) {
                Adu next = Adu.from(client);
                client.send(first.reply(3, 2, 0xde, 0xad).bytes());
                client.send(next.reply(3, 2, 0, 7).bytes());
              }
            });
    Peer master = Service.modbus(router, slow).connect();
    assertThat(ask(master, Adu.read(1, 1, 0, 1)).exception()).isEqualTo(BUSY);
    late.countDown();
    for (int i = 0; i < 20; i++) {
      assertThat(ask(master, Adu.read(1, 1, 0, 1)).register()).isEqualTo(7);
    }
  }

  @Test
  void ids_go_round_without_meeting_an_answer_that_is_still_owed() {
    AtomicInteger owed = new AtomicInteger(-1);
    Instance blue =
        Instance.running(
            client -> {
              while (true) {
                Adu request = Adu.from(client);
                if (request.unit() == Registers.SILENT) {
                  owed.set(request.id());
                } else if (request.id() == owed.get()) {
                  client.send(request.reply(3, 2, 0xde, 0xad).bytes());
                } else {
                  client.send(request.reply(3, 2, 0, 7).bytes());
                }
              }
            });
    Peer master = Service.modbus(router, blue).connect();
    assertThat(ask(master, Adu.read(1, Registers.SILENT, 0, 1)).exception()).isEqualTo(BUSY);
    for (int batch = 0; batch < (1 << 16) / 16 + 2; batch++) {
      java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
      for (int i = 0; i < 16; i++) {
        bytes.writeBytes(Adu.read(i, 1, 0, 1).bytes());
      }
      master.send(bytes.toByteArray());
      for (int i = 0; i < 16; i++) {
        assertThat(Adu.from(master).register()).as("batch %d", batch).isEqualTo(7);
      }
    }
    assertThat(owed.get()).isNotNegative();
  }

  @Test
  void many_requests_given_up_lead_to_a_fresh_connection() throws Exception {
    Registers blue = new Registers(1);
    try (RunningRouter hasty =
        RunningRouter.modbus(
            new ModbusLimits(
                200,
                Duration.ofMillis(20),
                Duration.ofMillis(40),
                Duration.ofMillis(45),
                Duration.ofMillis(100)))) {
      Peer master = Service.modbus(hasty, blue.instance()).connect();
      for (int i = 0; i < 400; i++) {
        master.send(Adu.read(i, Registers.SILENT, 0, 1).bytes());
      }
      for (int i = 0; i < 400; i++) {
        assertThat(Adu.from(master).exception()).isEqualTo(BUSY);
      }
      ask(master, Adu.read(1, 1, 0, 1));
      assertThat(blue.instance().connections()).isEqualTo(2);
    }
  }

  @Test
  void with_nobody_to_send_to_the_path_is_unavailable_and_the_connection_stays() {
    Service service = Service.modbus(router, new Registers(1).instance());
    Peer master = service.connect();
    router.flip("app", "none");
    assertThat(ask(master, Adu.read(1, 1, 0, 1)).exception()).isEqualTo(NO_PATH);
    assertThat(ask(master, Adu.write(2, 1, 0, 1)).exception()).isEqualTo(NO_PATH);
    router.flip("app", "blue");
    assertThat(ask(master, Adu.read(3, 1, 0, 1)).register()).isEqualTo(1);
  }

  @Test
  void an_instance_that_is_not_there_is_no_path_and_a_failure() {
    Service service = Service.replicas(router, "modbus", RunningRouter.freeAddress());
    Peer master = service.connect();
    assertThat(ask(master, Adu.read(1, 1, 0, 1)).exception()).isEqualTo(NO_PATH);
    assertThat(ask(master, Adu.write(2, 1, 0, 1)).exception()).isEqualTo(NO_PATH);
    assertThat(service.stat("blue/0", "failures")).isGreaterThanOrEqualTo(2);
  }

  @Test
  void who_asks_while_the_only_instance_starts_again_is_answered_by_it() throws Exception {
    stop();
    router = RunningRouter.patient();
    String address = RunningRouter.freeAddress();
    Service service = Service.replicas(router, "modbus", address);
    Peer master = service.connect();
    master.send(Adu.write(1, 1, 5, 55).bytes());
    await().pollInterval(Duration.ofMillis(1)).until(() -> service.stat("blue/0", "failures") > 0);
    Registers late = new Registers(1, address);
    assertThat(Adu.from(master)).hasToString(Adu.write(1, 1, 5, 55).toString());
    assertThat(late.get(5)).isEqualTo(55);
  }

  @Test
  void a_dead_replica_is_passed_over_by_writes_too_for_nothing_was_sent() {
    Registers alive = new Registers(1);
    Service service =
        Service.replicas(router, "modbus", RunningRouter.freeAddress(), alive.instance().address());
    Peer master = service.connect();
    for (int id = 0; id < 10; id++) {
      assertThat(ask(master, Adu.write(id, 1, 9, id)).exception()).isZero();
      assertThat(ask(master, Adu.read(id, 1, 9, 1)).register()).isEqualTo(id);
    }
    assertThat(service.stat("blue/0", "failures")).isPositive();
    assertThat(service.stat("blue/1", "failures")).isZero();
  }

  @Test
  void an_idle_connection_that_the_instance_closed_costs_nobody_an_answer() {
    Instance forgetful =
        Instance.running(
            client -> {
              Adu request = Adu.from(client);
              client.send(request.reply(3, 2, 0, 1).bytes());
            });
    Service service = Service.modbus(router, forgetful);
    Peer master = service.connect();
    for (int id = 0; id < 100; id++) {
      assertThat(ask(master, Adu.read(id, 1, 0, 1)).register()).isEqualTo(1);
    }
    assertThat(service.stat("blue/0", "failures")).isZero();
  }

  @Test
  void a_write_is_not_sent_on_a_connection_whose_end_the_kernel_knows() {
    AtomicInteger ended = new AtomicInteger();
    Instance forgetful =
        Instance.running(
            client -> {
              Adu request = Adu.from(client);
              client.send(request.reply(6, 0, 0, 0, 0).bytes());
              client.close();
              ended.incrementAndGet();
            });
    Service service = Service.modbus(router, forgetful);
    Peer master = service.connect();
    for (int id = 0; id < 50; id++) {
      assertThat(ask(master, Adu.write(id, 1, 0, 0)).exception()).isZero();
      int closed = id + 1;
      await().pollInterval(Duration.ofMillis(1)).until(() -> ended.get() == closed);
    }
    assertThat(service.stat("blue/0", "failures")).isZero();
  }

  @Test
  void a_write_whose_connection_ends_is_not_sent_twice_and_its_master_is_told() {
    AtomicInteger writes = new AtomicInteger();
    Instance blue =
        Instance.running(
            client -> {
              while (true) {
                Adu request = Adu.from(client);
                if (request.function() == 6) {
                  writes.incrementAndGet();
                  return;
                }
                client.send(request.reply(3, 2, 0, 1).bytes());
              }
            });
    Service service = Service.modbus(router, blue);
    Peer master = service.connect();
    assertThat(ask(master, Adu.read(1, 1, 0, 1)).register()).isEqualTo(1);
    assertThat(ask(master, Adu.write(2, 1, 0, 5)).exception()).isEqualTo(NO_ANSWER);
    assertThat(ask(master, Adu.read(3, 1, 0, 1)).register()).isEqualTo(1);
    assertThat(writes).hasValue(1);
    assertThat(service.stat("blue/0", "failures")).isEqualTo(1);
  }

  @Test
  void when_the_new_slot_dies_reads_go_to_the_old_one_and_writes_are_refused() {
    Registers blue = new Registers(1);
    Registers green = new Registers(2);
    Service service = Service.modbus(router, blue.instance(), green.instance());
    Peer master = service.connect();
    service.flipToGreen();
    assertThat(ask(master, Adu.read(1, 1, 0, 1)).register()).isEqualTo(2);
    green.instance().close();
    for (int id = 2; id < 8; id++) {
      assertThat(ask(master, Adu.read(id, 1, 0, 1)).register()).isEqualTo(1);
      assertThat(ask(master, Adu.write(id, 1, 5, 5)).exception()).isEqualTo(NO_PATH);
    }
    assertThat(blue.seen()).noneMatch(request -> request.function() == 6);
    assertThat(service.stat("green/0", "failures")).isPositive();
    assertThat(service.stat("blue/0", "failures")).isZero();
  }

  @Test
  void an_instance_that_talks_nonsense_is_left_and_what_was_under_way_is_answered() {
    Instance nonsense =
        Instance.running(
            client -> {
              Adu.from(client);
              client.send("what do you want?");
              client.readToEnd();
            });
    Service service = Service.modbus(router, nonsense);
    Peer master = service.connect();
    master.send(Adu.read(1, 1, 0, 1).bytes()).send(Adu.write(2, 1, 0, 1).bytes());
    Adu write = Adu.from(master);
    assertThat(write.id()).isEqualTo(2);
    assertThat(write.exception()).isEqualTo(NO_ANSWER);
    Adu read = Adu.from(master);
    assertThat(read.id()).as("asked again until its deadline").isEqualTo(1);
    assertThat(read.exception()).isIn(BUSY, NO_ANSWER);
    assertThat(service.stat("blue/0", "failures")).isPositive();
  }

  @Test
  void an_answer_that_is_cut_short_is_no_answer() {
    Instance truncating =
        Instance.running(
            client -> {
              byte[] answer = Adu.from(client).reply(3, 2, 0, 1).bytes();
              client.send(java.util.Arrays.copyOf(answer, answer.length - 1));
              client.readToEnd();
            });
    Peer master = Service.modbus(router, truncating).connect();
    assertThat(ask(master, Adu.read(1, 1, 0, 1)).exception()).isEqualTo(BUSY);
  }
}
