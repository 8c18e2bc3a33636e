package dev.bumpless.router.modbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.router.ControlClient;
import dev.bumpless.router.Instance;
import dev.bumpless.router.Peer;
import dev.bumpless.router.RunningRouter;
import dev.bumpless.router.Service;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Frames and transactions where nothing fails. */
class ModbusProxyTest {
  private static final byte[] NONE = {};

  private RunningRouter router;

  @BeforeEach
  void start() throws IOException {
    router = RunningRouter.patient();
  }

  @AfterEach
  void stop() {
    router.close();
  }

  @Test
  void a_master_reads_back_what_it_wrote_and_keeps_its_ids() {
    Registers blue = new Registers(1);
    Peer master = Service.modbus(router, blue.instance()).connect();
    for (int id : new int[] {0, 1, 65535, 7, 7, 7}) {
      master.send(Adu.write(id, 1, 10, id).bytes());
      assertThat(Adu.from(master)).hasToString(Adu.write(id, 1, 10, id).toString());
      master.send(Adu.read(id, 1, 10, 1).bytes());
      Adu answer = Adu.from(master);
      assertThat(answer.id()).isEqualTo(id);
      assertThat(answer.register()).isEqualTo(id);
    }
    assertThat(blue.instance().connections()).isEqualTo(1);
  }

  @Test
  void frames_may_come_in_pieces_and_many_at_once() throws Exception {
    Peer master = Service.modbus(router, new Registers(1).instance()).connect();
    byte[] one = Adu.write(1, 1, 5, 0xabcd).bytes();
    for (byte piece : one) {
      master.send(new byte[] {piece});
    }
    assertThat(Adu.from(master).id()).isEqualTo(1);
    java.io.ByteArrayOutputStream many = new java.io.ByteArrayOutputStream();
    for (int id = 100; id < 300; id++) {
      many.write(Adu.read(id, 1, 5, 1).bytes());
    }
    master.send(many.toByteArray());
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Adu answer = Adu.from(master);
      assertThat(answer.register()).isEqualTo(0xabcd);
      ids.add(answer.id());
    }
    assertThat(ids).doesNotHaveDuplicates().contains(100, 299);
  }

  @Test
  void the_longest_frame_passes_and_so_does_a_function_nobody_knows() {
    Instance echo =
        Instance.running(
            client -> {
              while (true) {
                client.send(Adu.from(client).bytes());
              }
            });
    Peer master = Service.modbus(router, echo).connect();
    for (int size : new int[] {1, 2, 100, 253}) {
      int[] pdu = new int[size];
      pdu[0] = 0x64;
      pdu[size - 1] = size == 1 ? 0x64 : 0xee;
      Adu odd = Adu.of(size, 200, pdu);
      master.send(odd.bytes());
      assertThat(Adu.from(master)).hasToString(odd.toString());
    }
  }

  @Test
  void no_more_are_under_way_than_may_be_and_the_rest_waits_in_order() throws Exception {
    AtomicInteger most = new AtomicInteger();
    Instance counting =
        Instance.running(
            client -> {
              while (true) {
                List<Adu> batch = new ArrayList<>();
                batch.add(Adu.from(client));
                client.socket().setSoTimeout(50);
                try {
                  while (true) {
                    batch.add(Adu.from(client));
                  }
                } catch (java.io.UncheckedIOException e) {
                  client.socket().setSoTimeout(60_000);
                }
                most.accumulateAndGet(batch.size(), Math::max);
                batch.forEach(each -> client.send(each.reply(3, 2, 0, each.address()).bytes()));
              }
            });
    Peer master = Service.modbus(router, counting).connect();
    java.io.ByteArrayOutputStream many = new java.io.ByteArrayOutputStream();
    for (int id = 0; id < 50; id++) {
      many.write(Adu.read(id, 1, id, 1).bytes());
    }
    master.send(many.toByteArray());
    for (int id = 0; id < 50; id++) {
      Adu answer = Adu.from(master);
      assertThat(answer.id()).isEqualTo(id);
      assertThat(answer.register()).isEqualTo(id);
    }
    assertThat(most).hasValue(16);
  }

  @Test
  void answers_out_of_order_find_their_requests_even_with_equal_ids() {
    Instance backwards =
        Instance.running(
            client -> {
              while (true) {
                Adu first = Adu.from(client);
                Adu second = Adu.from(client);
                client.send(second.reply(3, 2, 0, second.address()).bytes());
                client.send(first.reply(3, 2, 0, first.address()).bytes());
              }
            });
    Peer master = Service.modbus(router, backwards).connect();
    master.send(Adu.read(5, 1, 10, 1).bytes()).send(Adu.read(6, 1, 20, 1).bytes());
    Adu second = Adu.from(master);
    Adu first = Adu.from(master);
    assertThat(second.id()).isEqualTo(6);
    assertThat(second.register()).isEqualTo(20);
    assertThat(first.id()).isEqualTo(5);
    assertThat(first.register()).isEqualTo(10);
    master.send(Adu.read(9, 1, 10, 1).bytes()).send(Adu.read(9, 1, 20, 1).bytes());
    assertThat(List.of(Adu.from(master).id(), Adu.from(master).id())).containsExactly(9, 9);
  }

  @Test
  void a_master_that_ends_its_side_still_gets_its_answers() {
    Service service = Service.modbus(router, new Registers(1).instance());
    Peer master = service.connect();
    for (int id = 0; id < 40; id++) {
      master.send(Adu.read(id, 1, 0, 125).bytes());
    }
    master.endOutput();
    for (int id = 0; id < 40; id++) {
      assertThat(Adu.from(master).register()).isEqualTo(1);
    }
    assertThat(master.isEnded()).isTrue();
    await().until(() -> service.stat("blue/0", "underway") == 0);
  }

  @Test
  void a_master_that_goes_leaves_nothing_behind() {
    Registers blue = new Registers(1);
    Service service = Service.modbus(router, blue.instance());
    Peer master = service.connect();
    master.send(Adu.read(1, Registers.SILENT, 0, 1).bytes());
    await().until(() -> blue.seen().size() == 1);
    assertThat(service.stat("blue/0", "underway")).isEqualTo(1);
    master.reset();
    await().until(() -> service.stat("blue/0", "underway") == 0);
    try (ControlClient control = router.control()) {
      await().until(() -> control.askAll("show connections").size() == 1);
    }
  }

  @Test
  void a_master_that_does_not_read_is_not_read_either() throws Exception {
    Registers blue = new Registers(1);
    Service service = Service.modbus(router, blue.instance());
    Peer master = service.connect();
    Thread sender =
        new Thread(
            () -> {
              try {
                for (int id = 0; id < 400_000; id++) {
                  master.send(Adu.read(id & 0xffff, 1, 0, 125).bytes());
                }
              } catch (java.io.UncheckedIOException e) {
                // Reset below.
              }
            });
    sender.setDaemon(true);
    sender.start();
    AtomicInteger before = new AtomicInteger(-1);
    await()
        .pollInterval(java.time.Duration.ofMillis(300))
        .until(
            () -> blue.seen().size() > 0 && before.getAndSet(blue.seen().size()) == before.get());
    assertThat(blue.seen()).hasSizeLessThan(200_000);
    for (int i = 0; i < 1_000; i++) {
      assertThat(Adu.from(master).register()).isEqualTo(1);
    }
    master.reset();
    sender.join();
  }

  @Test
  void a_route_may_have_limits_of_its_own() {
    Registers blue = new Registers(1);
    Service service =
        Service.replicas(router, "modbus,answer=100ms,pipelined=1", blue.instance().address());
    Peer master = service.connect();
    master.send(Adu.read(1, Registers.SILENT, 0, 1).bytes()).send(Adu.read(2, 1, 0, 1).bytes());
    Adu first = Adu.from(master);
    assertThat(first.id()).as("one at a time").isEqualTo(1);
    assertThat(first.exception()).isEqualTo(6);
    assertThat(Adu.from(master).register()).isEqualTo(1);
    try (ControlClient control = router.control()) {
      assertThat(control.askAll("show routes"))
          .anyMatch(line -> line.contains("/modbus,answer=100ms,pipelined=1 state=listening"));
    }
  }

  @Test
  void connections_and_traffic_are_shown() {
    Service service = Service.modbus(router, new Registers(1).instance());
    Peer master = service.connect();
    master.send(Adu.read(1, 1, 0, 1).bytes());
    Adu.from(master);
    try (ControlClient control = router.control()) {
      assertThat(control.askAll("show connections").get(1))
          .contains("route=" + service.listen(), "protocol=modbus instance=blue/0 underway=0");
    }
    assertThat(service.stat("blue/0", "answered")).isEqualTo(1);
    assertThat(service.stat("blue/0", "bytes-in")).isEqualTo(12);
    assertThat(service.stat("blue/0", "bytes-out")).isEqualTo(11);
    assertThat(service.stat("blue/0", "failures")).isZero();
  }

  @Test
  void an_idle_connection_stays_open_at_both_ends_and_no_byte_is_sent_unasked() throws Exception {
    Service service = Service.modbus(router, new Registers(1).instance());
    Peer master = service.connect();
    master.socket().setSoTimeout(300);
    org.assertj.core.api.Assertions.assertThatThrownBy(master::read)
        .hasCauseInstanceOf(java.net.SocketTimeoutException.class);
    master.send(NONE).send(Adu.read(1, 1, 0, 1).bytes());
    master.socket().setSoTimeout(10_000);
    assertThat(Adu.from(master).register()).isEqualTo(1);
  }
}
