package dev.bumpless.agent.lease;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.manifest.AppName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real sockets, and what may be said there. */
class LeaseDoorsTest {
  private static final AppName PUMP = new AppName("pump");
  private static final AppName HMI = new AppName("hmi");

  @TempDir private Path state;

  private final SetClock clock = new SetClock();
  private LeaseDesk desk;
  private LeaseDoors doors;

  @BeforeEach
  void open() throws IOException {
    desk = LeaseDesk.open(state, clock);
    doors = new LeaseDoors(state, desk);
    doors.open(PUMP);
    doors.open(HMI);
    doors.start();
    await().until(() -> Files.exists(person()) && Files.exists(of(PUMP)) && Files.exists(of(HMI)));
  }

  @AfterEach
  void close() throws IOException {
    doors.close();
  }

  private Path person() {
    return state.resolve("lease.sock");
  }

  private Path of(AppName app) {
    return state.resolve("lease/" + app + "/lease.sock");
  }

  private static String ask(Path door, String text) throws IOException {
    return ask(door, text.getBytes(UTF_8));
  }

  private static String ask(Path door, byte[] bytes) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(door))) {
      channel.write(ByteBuffer.wrap(bytes));
      return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
    }
  }

  @Test
  void anAppTakesALeaseOnItselfAndNothingElse() throws Exception {
    assertThat(ask(of(PUMP), "take batch-7 30m tank 4 is being filled\n"))
        .isEqualTo("ok until 2026-01-01T00:30:00Z\n");

    assertThat(desk.on(PUMP)).isPresent();
    assertThat(desk.on(HMI)).isEmpty();
    assertThat(ask(of(HMI), "show\n")).isEqualTo("ok\n");
    assertThat(ask(of(PUMP), "show\n"))
        .isEqualTo("lease batch-7 pump until 2026-01-01T00:30:00Z tank 4 is being filled\nok\n");
  }

  @Test
  void anAppCannotGiveBackWhatIsNotItsOwn() throws Exception {
    ask(of(PUMP), "take batch-7 30m filling\n");
    ask(person(), "take ann 30m the cabinet is open\n");

    assertThat(ask(of(HMI), "give batch-7\n")).isEqualTo("ok\n");
    assertThat(ask(of(HMI), "give ann\n")).isEqualTo("ok\n");
    assertThat(desk.all()).hasSize(2);
  }

  @Test
  void aPersonCanGiveBackWhatAnAppForgot() throws Exception {
    ask(of(PUMP), "take batch-7 30m filling\n");

    assertThat(ask(person(), "give batch-7\n")).isEqualTo("ok\n");
    assertThat(desk.on(PUMP)).isEmpty();
  }

  @Test
  void onlyTheOwnerOfTheFolderReachesThePersonsDoorAndAllOtherDoorsAreBehindIt() throws Exception {
    assertThat(mode(person())).isEqualTo("rw-------");
    assertThat(mode(state.resolve("lease"))).isEqualTo("rwx------");
    assertThat(mode(of(PUMP))).isEqualTo("rw-rw-rw-");
    assertThat(mode(of(PUMP).getParent())).isEqualTo("rwxr-xr-x");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void whatIsNotUnderstoodIsSaidSo() throws Exception {
    assertThat(ask(person(), "\n")).startsWith("error SYNTAX expected 'take OWNER LENGTH REASON'");
    assertThat(ask(person(), "hold pump 250ms\n")).startsWith("error SYNTAX");
    assertThat(ask(person(), "take ann 30m\n")).startsWith("error SYNTAX");
    assertThat(ask(person(), "take ann soon lunch\n")).startsWith("error LENGTH");
    assertThat(ask(person(), "take ann 9999999h lunch\n")).startsWith("error LENGTH");
    assertThat(ask(person(), "take a/b 1m lunch\n")).startsWith("error TEXT");
    assertThat(ask(person(), "take ann 1m \u001b[31mred\n")).startsWith("error TEXT");
    assertThat(ask(person(), new byte[] {'s', (byte) 0xff, '\n'})).startsWith("error TEXT");
    assertThat(desk.all()).isEmpty();
  }

  @Test
  void aLineWithoutAnEndIsCutOff() throws Exception {
    assertThat(ask(person(), "x".repeat(LeaseTalk.MOST_BYTES))).startsWith("error TOO_LONG");
    assertThat(ask(person(), "show\n")).isEqualTo("ok\n");
  }

  @Test
  void whoTakesAllPlacesOfADoorTakesNoneOfAnother() throws Exception {
    List<SocketChannel> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 3 * LeaseDoors.MOST_TALKS; i++) {
        silent.add(SocketChannel.open(UnixDomainSocketAddress.of(of(HMI))));
      }

      assertThat(ask(of(PUMP), "take batch-7 30m filling\n")).startsWith("ok until");
    } finally {
      for (SocketChannel channel : silent) {
        channel.close();
      }
    }
    await().until(() -> ask(of(HMI), "show\n").equals("ok\n"));
  }

  @Test
  void whoSaysNothingIsSentAway() throws Exception {
    try (SocketChannel silent = SocketChannel.open(UnixDomainSocketAddress.of(person()))) {
      assertThat(silent.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  @Test
  void theFolderOutlivesTheAgentBecauseContainersHaveMountedIt() throws Exception {
    Object before = Files.getAttribute(of(PUMP).getParent(), "unix:ino");
    doors.close();
    assertThat(of(PUMP).getParent()).isDirectory();
    open();

    assertThat(Files.getAttribute(of(PUMP).getParent(), "unix:ino")).isEqualTo(before);
    assertThat(ask(of(PUMP), "show\n")).isEqualTo("ok\n");
  }

  @Test
  void aDeletedAppHasNoDoor() {
    doors.shut(PUMP);

    await().until(() -> Files.notExists(of(PUMP).getParent()));
  }

  @Test
  void theCommandSaysItsArgumentsAndTellsByItsExit() {
    assertThat(command("take", "ann", "1h", "the", "cabinet", "is", "open")).isEqualTo(0);
    assertThat(desk.on(PUMP).orElseThrow().reason()).isEqualTo("the cabinet is open");
    assertThat(command("show")).isEqualTo(0);
    assertThat(command("take", "ann", "25h", "long")).isEqualTo(1);
    assertThat(command("take", "ann")).isEqualTo(2);
    assertThat(command("steal", "ann")).isEqualTo(2);
    assertThat(command("give", "ann")).isEqualTo(0);
    assertThat(desk.all()).isEmpty();
  }

  private int command(String... words) {
    List<String> args = new ArrayList<>(List.of("--socket", person().toString()));
    args.addAll(List.of(words));
    PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, UTF_8);
    return LeaseCommand.run(args, nowhere, nowhere);
  }
}
