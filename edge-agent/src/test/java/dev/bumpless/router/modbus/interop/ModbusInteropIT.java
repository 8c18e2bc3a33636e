package dev.bumpless.router.modbus.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.rig.Command;
import dev.bumpless.router.ControlClient;
import dev.bumpless.router.RunningRouter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every master against every server, through 20 swaps: no connection ends, no request fails, no
 * answer is another's. The masters check ids and connections themselves, each in its own way.
 *
 * <p>The router's deadlines are long here: a machine that is busy with other tests is not what this
 * is about.
 */
@SuppressWarnings("try") // The servers are there to be asked by others.
class ModbusInteropIT {
  private static final int SWAPS = 20;

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void masters_stay_connected_through_swaps_of(Servers server) throws Exception {
    String listen = RunningRouter.freeAddress();
    int bluePort = port(RunningRouter.freeAddress());
    int greenPort = port(RunningRouter.freeAddress());
    try (RunningRouter router = RunningRouter.patient();
        AutoCloseable blue = server.start(folder, bluePort, 1);
        AutoCloseable green = server.start(folder, greenPort, 2);
        ControlClient control = router.control()) {
      await().until(() -> listens(bluePort) && listens(greenPort));
      control.must(
          "define app route=%s/modbus target=blue/0,%s,127.0.0.1:%d target=green/0,%s,127.0.0.1:%d"
              .formatted(listen, listen, bluePort, listen, greenPort));
      router.flip("app", "blue");
      warmUp(port(listen));
      List<Master> masters = Master.all(folder, port(listen));
      try {
        for (int swap = 1; swap <= SWAPS; swap++) {
          int version = swap % 2 + 1;
          router.flip("app", version == 1 ? "blue" : "green");
          awaitAnswers(masters, version);
          String drained = "drain app " + (version == 1 ? "green" : "blue") + " 10s";
          assertThat(control.ask(drained)).isEqualTo("ok cut=0");
        }
        assertThat(control.askAll("show connections")).hasSize(1 + masters.size());
      } finally {
        for (Master master : masters) {
          master.stop();
        }
      }
      for (Master master : masters) {
        assertThat(master.failures()).as("%s at %s", master, server).isEmpty();
      }
      assertThat(control.askAll("show stats"))
          .filteredOn(line -> line.startsWith("instance "))
          .hasSize(2)
          .allMatch(line -> line.contains(" failures=0 "));
    }
  }

  /** Of the version that serves, from each of them, more than there were. */
  private static void awaitAnswers(List<Master> masters, int version) {
    List<Long> before = masters.stream().map(master -> master.answersOf(version)).toList();
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(
            () -> {
              for (int i = 0; i < masters.size(); i++) {
                Master master = masters.get(i);
                assertThat(master.failures()).as(master.toString()).isEmpty();
                assertThat(master.answersOf(version)).as("%s", master).isGreaterThan(before.get(i));
              }
            });
  }

  /** libmodbus gives up after 500 ms, which the first request of a fresh JVM may take. */
  private static void warmUp(int port) throws IOException, InterruptedException {
    for (int i = 0; i < 3; i++) {
      Command.run("mbpoll", "-m", "tcp", "-t", "4", "-o", "10", "-1", "-p", "" + port, "127.0.0.1");
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }
}
