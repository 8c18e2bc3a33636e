package dev.bumpless.agent.docker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine's side is played by the test. */
class AttachedExecTest {
  private static final String UPGRADED =
      String.join(
          "\r\n",
          "HTTP/1.1 101 UPGRADED",
          "Content-Type: application/vnd.docker.raw-stream",
          "Connection: Upgrade",
          "Upgrade: tcp",
          "",
          "");

  @TempDir private Path folder;
  private ServerSocketChannel engine;
  private final CompletableFuture<String> request = new CompletableFuture<>();
  private final CompletableFuture<byte[]> input = new CompletableFuture<>();

  @BeforeEach
  void listen() throws IOException {
    engine = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    engine.bind(UnixDomainSocketAddress.of(folder.resolve("engine.sock")));
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
  }

  @Test
  void both_outputs_come_apart_however_the_frames_are_cut() throws Exception {
    Heard heard = new Heard();
    play(
        UPGRADED, frame(1, "state"), frame(2, "note"), frame(1, ""), frame(1, "x".repeat(100_000)));

    try (AttachedExec exec = open()) {
      exec.start("abc");
      exec.read(heard);
    }

    assertThat(heard.standard.toString(ISO_8859_1)).isEqualTo("state" + "x".repeat(100_000));
    assertThat(heard.error.toString(ISO_8859_1)).isEqualTo("note");
    assertThat(request.get(20, TimeUnit.SECONDS))
        .startsWith("POST /exec/abc/start HTTP/1.1\r\n")
        .contains("Upgrade: tcp\r\n");
  }

  @Test
  void the_end_of_the_input_reaches_the_engine_while_the_output_is_still_open() throws Exception {
    play(UPGRADED);

    try (AttachedExec exec = open()) {
      exec.start("abc");
      exec.feed(new ByteArrayInputStream("all of it".getBytes(ISO_8859_1)));

      assertThat(input.get(20, TimeUnit.SECONDS)).asString(ISO_8859_1).isEqualTo("all of it");
    }
  }

  @Test
  void an_input_that_cannot_be_read_has_no_end() throws Exception {
    play(UPGRADED);

    try (AttachedExec exec = open()) {
      exec.start("abc");

      assertThatThrownBy(() -> exec.feed(broken())).hasMessage("the export broke off");
      assertThat(input).isNotDone();
    }
  }

  @Test
  void a_refusal_is_told_in_the_engines_words() throws Exception {
    play("HTTP/1.1 409 Conflict\r\nContent-Length: 30\r\n\r\n{\"message\":\"it is not running\"}");

    try (AttachedExec exec = open()) {
      assertThatThrownBy(() -> exec.start("abc"))
          .isInstanceOf(AttachedExec.RefusedException.class)
          .hasMessageContaining("409")
          .hasMessageContaining("it is not running");
    }
  }

  @Test
  void an_engine_that_breaks_off_within_a_frame_is_no_end() throws Exception {
    byte[] half = new byte[11];
    System.arraycopy(frame(1, "state"), 0, half, 0, half.length);
    play(UPGRADED, half);

    try (AttachedExec exec = open()) {
      exec.start("abc");
      assertThatThrownBy(() -> exec.read(new Heard())).hasMessageContaining("broke off");
    }
  }

  private AttachedExec open() throws IOException {
    return AttachedExec.open(URI.create("unix://" + folder.resolve("engine.sock")));
  }

  /** Answers one connection, then reads what comes to its end. */
  private void play(String head, byte[]... frames) {
    Thread thread =
        new Thread(
            () -> {
              try (SocketChannel client = engine.accept()) {
                request.complete(readRequest(client));
                write(client, head.getBytes(ISO_8859_1));
                for (byte[] frame : frames) {
                  write(client, frame);
                }
                if (frames.length > 0 || !head.equals(UPGRADED)) {
                  client.shutdownOutput();
                }
                input.complete(readAll(client));
              } catch (IOException e) {
                input.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static String readRequest(SocketChannel client) throws IOException {
    StringBuilder text = new StringBuilder();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (text.indexOf("{\"Detach\":false,\"Tty\":false}") < 0 && client.read(one) > 0) {
      text.append((char) one.flip().get());
      one.clear();
    }
    return text.toString();
  }

  private static byte[] readAll(SocketChannel client) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer some = ByteBuffer.allocate(1024);
    while (client.read(some) >= 0) {
      all.write(some.array(), 0, some.position());
      some.clear();
    }
    return all.toByteArray();
  }

  private static void write(SocketChannel client, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      client.write(buffer);
    }
  }

  private static byte[] frame(int stream, String payload) {
    byte[] bytes = payload.getBytes(ISO_8859_1);
    return ByteBuffer.allocate(8 + bytes.length)
        .put((byte) stream)
        .put(new byte[3])
        .putInt(bytes.length)
        .put(bytes)
        .array();
  }

  private static InputStream broken() {
    return new FilterInputStream(InputStream.nullInputStream()) {
      @Override
      public int read(byte[] to, int from, int most) throws IOException {
        throw new IOException("the export broke off");
      }
    };
  }

  private static final class Heard implements AttachedExec.Output {
    private final ByteArrayOutputStream standard = new ByteArrayOutputStream();
    private final ByteArrayOutputStream error = new ByteArrayOutputStream();

    @Override
    public void standard(byte[] bytes, int count) {
      standard.write(bytes, 0, count);
    }

    @Override
    public void error(byte[] bytes, int count) {
      error.write(bytes, 0, count);
    }
  }
}
