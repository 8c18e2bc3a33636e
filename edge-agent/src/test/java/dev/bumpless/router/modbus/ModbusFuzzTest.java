package dev.bumpless.router.modbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.router.ControlClient;
import dev.bumpless.router.Peer;
import dev.bumpless.router.RunningRouter;
import dev.bumpless.router.Service;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Unruly servers, masters that reuse ids and split frames anywhere, flips at any instant: every
 * request gets exactly one answer with its id, its own or an exception; no write is carried out
 * twice, and one that was acknowledged was carried out.
 */
class ModbusFuzzTest {
  private static final int MASTERS = 4;
  private static final int BATCHES = 60;
  private static final Set<Integer> EXCEPTIONS = Set.of(0x06, 0x0A, 0x0B);
  private static final ModbusLimits LIMITS =
      new ModbusLimits(
          8,
          Duration.ofMillis(50),
          Duration.ofMillis(60),
          Duration.ofMillis(100),
          Duration.ofMillis(20));

  private final AtomicInteger addresses = new AtomicInteger();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean over = new AtomicBoolean();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void every_request_is_answered_once_and_as_itself(long seed) throws Exception {
    UnrulyServer blue = new UnrulyServer(seed);
    UnrulyServer green = new UnrulyServer(-seed);
    try (RunningRouter router = RunningRouter.modbus(LIMITS)) {
      Service service = Service.modbus(router, blue.instance(), green.instance());
      List<Thread> masters = new ArrayList<>();
      for (int i = 0; i < MASTERS; i++) {
        Random random = new Random(seed * 100 + i);
        masters.add(start(() -> master(service.connect(), random)));
      }
      Thread flips = start(() -> flip(router, new Random(seed)));
      for (Thread master : masters) {
        master.join();
      }
      over.set(true);
      flips.join();
      assertThat(failures).as("seed %d", seed).isEmpty();
      assertThat(answered).as("seed %d", seed).hasValue(asked.get());
      for (int address = 0; address < addresses.get(); address++) {
        int writes = blue.writesOf(address) + green.writesOf(address);
        assertThat(writes)
            .as("seed %d, writes of %d", seed, address)
            .isBetween(acknowledged.contains(address) ? 1 : 0, 1);
      }
      assertThat(acknowledged).hasSizeGreaterThan(MASTERS * BATCHES);
      await()
          .until(
              () -> service.stat("blue/0", "underway") + service.stat("green/0", "underway") == 0);
    }
  }

  private Thread start(Runnable work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (Throwable e) {
                failures.add(e);
              }
            });
    thread.start();
    return thread;
  }

  private void master(Peer connection, Random random) {
    for (int batch = 0; batch < BATCHES; batch++) {
      int size = 1 + random.nextInt(24);
      Map<Integer, List<Integer>> open = new HashMap<>();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (int i = 0; i < size; i++) {
        int id = random.nextInt(12);
        int address = addresses.getAndIncrement();
        open.computeIfAbsent(id, key -> new ArrayList<>()).add(address);
        bytes.writeBytes(
            random.nextBoolean()
                ? Adu.write(id, 1, address, 7).bytes()
                : Adu.read(id, 1, address, 1).bytes());
      }
      asked.addAndGet(size);
      split(connection, bytes.toByteArray(), random);
      Map<Integer, Integer> exceptions = new HashMap<>();
      for (int i = 0; i < size; i++) {
        check(Adu.from(connection), open, exceptions);
      }
      open.forEach(
          (id, left) -> assertThat(left).as("id %d", id).hasSize(exceptions.getOrDefault(id, 0)));
    }
    assertThat(connection.endOutput().isEnded()).as("nothing beyond the answers").isTrue();
  }

  private static void split(Peer connection, byte[] bytes, Random random) {
    for (int at = 0; at < bytes.length; ) {
      int piece = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 9 : 300));
      connection.send(java.util.Arrays.copyOfRange(bytes, at, at + piece));
      at += piece;
    }
  }

  private void check(
      Adu answer, Map<Integer, List<Integer>> open, Map<Integer, Integer> exceptions) {
    List<Integer> mine = open.getOrDefault(answer.id(), List.of());
    assertThat(mine).as("asked with id of %s", answer).isNotEmpty();
    if (answer.exception() != 0) {
      // Of several with one id nobody can tell whose it is: counted, not crossed off.
      assertThat(EXCEPTIONS).contains(answer.exception());
      exceptions.merge(answer.id(), 1, Integer::sum);
    } else {
      int address = answer.function() == 6 ? answer.address() : answer.register();
      assertThat(mine).as("one of those of id %d", answer.id()).contains(address);
      mine.remove(Integer.valueOf(address));
      if (answer.function() == 6) {
        acknowledged.add(address);
      }
    }
    answered.incrementAndGet();
  }

  /** Holds of any length, some flipped, some let go, some left to run out. */
  private void flip(RunningRouter router, Random random) {
    while (!over.get()) {
      try (ControlClient control = router.control()) {
        String granted = control.ask("hold app " + (1 + random.nextInt(80)) + "ms");
        if (!granted.startsWith("ok")) {
          continue;
        }
        String token = ControlClient.value(granted, "token");
        control.ask("flip app " + (random.nextBoolean() ? "blue " : "green ") + token);
        if (random.nextInt(3) > 0) {
          control.ask("release app " + token);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void whatever_bytes_come_others_are_served_and_nothing_is_left(long seed) throws IOException {
    Random random = new Random(seed);
    try (RunningRouter router = RunningRouter.modbus(LIMITS)) {
      Registers blue = new Registers(1);
      Service service = Service.modbus(router, blue.instance());
      try (Peer good = service.connect()) {
        for (int i = 0; i < 60; i++) {
          Peer bad = service.connect();
          byte[] bytes = new byte[random.nextInt(600)];
          random.nextBytes(bytes);
          byte[] start = Adu.read(i, 1, 0, 1).bytes();
          try {
            bad.send(java.util.Arrays.copyOf(start, random.nextInt(13))).send(bytes);
          } catch (java.io.UncheckedIOException e) {
            // Reset by the instance, which understood nothing: as it may.
          }
          if (random.nextBoolean()) {
            bad.reset();
          }
          good.send(Adu.read(i, 1, 0, 1).bytes());
          assertThat(Adu.from(good).id()).as("seed %d", seed).isEqualTo(i);
          bad.close();
        }
      }
      await().until(() -> service.stat("blue/0", "underway") == 0);
      try (ControlClient control = router.control()) {
        await().until(() -> control.askAll("show connections").size() == 1);
      }
    }
  }
}
