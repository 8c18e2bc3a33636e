package dev.bumpless.agent.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.agent.health.ScriptedServer;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What servers answer, the unkind ones too. */
class ExchangeTest {
  private static final Duration PLENTY = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  @Test
  void reads_a_body_of_known_length_though_the_connection_stays_open() throws Exception {
    assertThat(bodyOf("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more"))
        .isEqualTo("hello");
  }

  @Test
  void reads_chunks_with_extensions_and_trailers() throws Exception {
    assertThat(bodyOf(CHUNKED + "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n"))
        .isEqualTo("abc0123456789");
  }

  @Test
  void reads_to_the_end_where_no_length_is_told() throws Exception {
    assertThat(bodyOf("HTTP/1.0 200 OK\r\n\r\nall of it")).isEqualTo("all of it");
  }

  @Test
  void skips_what_is_said_before_the_answer() throws Exception {
    assertThat(bodyOf("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"))
        .isEqualTo("x");
  }

  @Test
  void knows_headers_by_any_case_and_joins_what_is_said_twice() throws Exception {
    try (ScriptedServer server =
            ScriptedServer.answering("HTTP/1.1 204 No\r\nETag: \"a\"\r\nvia: x\r\nVia: y\r\n\r\n");
        Exchange exchange = to(server, PLENTY)) {
      Answer answer = exchange.get();

      assertThat(answer.status()).isEqualTo(204);
      assertThat(answer.header("etag")).contains("\"a\"");
      assertThat(answer.header("VIA")).contains("x, y");
      assertThat(answer.body().read()).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|closed without an answer",
        "HTTP/1.1 200 OK\\r\\nContent-|closed within the answer's head",
        "SSH-2.0-OpenSSH\\r\\n\\r\\n|what came is no HTTP answer",
        "HTTP/1.1 200 OK\\r\\nnonsense\\r\\n\\r\\n|a line that is no header",
        "HTTP/1.1 200 OK\\r\\nContent-Length: many\\r\\n\\r\\n|Content-Length is 'many'",
        "HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nhalf|closed after 4 of 9 bytes",
        "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: gzip\\r\\n\\r\\n|Transfer-Encoding is 'gzip'",
        "HTTP/1.1 200 OK\\r"
            + "\\n"
            + "Transfer-Encoding: chunked\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "5\\r"
            + "\\n"
            + "ab|closed within a chunk",
        "HTTP/1.1 200 OK\\r"
            + "\\n"
            + "Transfer-Encoding: chunked\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "2\\r"
            + "\\n"
            + "ab\\r"
            + "\\n"
            + "|closed between two chunks",
        "HTTP/1.1 200 OK\\r"
            + "\\n"
            + "Transfer-Encoding: chunked\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "x\\r"
            + "\\n"
            + "|a chunk of the body has no size",
        "HTTP/1.1 200 OK\\r"
            + "\\n"
            + "Transfer-Encoding: chunked\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "1\\r"
            + "\\n"
            + "ab\\r"
            + "\\n"
            + "|longer than it says",
      })
  void tells_what_is_wrong_with_an_answer(String answer, String why) {
    assertThatThrownBy(() -> bodyOf(answer.replace("\\r\\n", "\r\n")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(why);
  }

  @Test
  void a_head_without_end_is_given_up_at_64_KiB() throws Exception {
    String line = "X-Fill: " + "f".repeat(1000) + "\r\n";
    try (ScriptedServer server =
            new ScriptedServer(
                client -> {
                  client.getOutputStream().write("HTTP/1.1 200 OK\r\n".getBytes(ISO_8859_1));
                  while (true) {
                    client.getOutputStream().write(line.getBytes(ISO_8859_1));
                  }
                });
        Exchange exchange = to(server, PLENTY)) {
      assertThatThrownBy(exchange::get).hasMessageContaining("head is longer than 64 KiB");
    }
  }

  @Test
  void silence_ends_at_the_deadline() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                client -> client.getInputStream().transferTo(OutputStream.nullOutputStream()));
        Exchange exchange = to(server, SHORT)) {
      assertThatThrownBy(exchange::get)
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessageContaining("no end within 300 ms");
    }
  }

  @Test
  void a_body_that_never_ends_ends_at_the_deadline_however_busy_it_is() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                client -> {
                  OutputStream out = client.getOutputStream();
                  out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
                  while (true) {
                    out.write("drip".getBytes(ISO_8859_1));
                  }
                });
        Exchange exchange = to(server, SHORT)) {
      Answer answer = exchange.get();

      assertThatThrownBy(() -> answer.body().transferTo(OutputStream.nullOutputStream()))
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void a_server_that_does_not_read_what_is_put_is_given_up_at_the_deadline() throws Exception {
    CompletableFuture<Boolean> over = new CompletableFuture<>();
    try (ScriptedServer server = new ScriptedServer(client -> over.get(20, TimeUnit.SECONDS));
        Exchange exchange = to(server, SHORT)) {
      assertThatThrownBy(() -> exchange.put(endless()))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessageContaining("no end within 300 ms");
    } finally {
      over.complete(true);
    }
  }

  @Test
  void a_refusal_before_all_is_put_is_heard() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                client -> {
                  client
                      .getOutputStream()
                      .write(
                          "HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\n\r\nhuge"
                              .getBytes(ISO_8859_1));
                  client.shutdownOutput();
                  client.getInputStream().skipNBytes(4_000_000);
                });
        Exchange exchange = to(server, PLENTY)) {
      Answer answer = exchange.put(endless());

      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.excerpt()).isEqualTo("huge");
    }
  }

  @Test
  void what_breaks_off_in_reading_is_never_put_as_a_whole() throws Exception {
    CompletableFuture<String> arrived = new CompletableFuture<>();
    try (ScriptedServer server =
        new ScriptedServer(
            client ->
                arrived.complete(new String(client.getInputStream().readAllBytes(), ISO_8859_1)))) {
      try (Exchange exchange = to(server, PLENTY)) {
        assertThatThrownBy(() -> exchange.put(breaking()))
            .isInstanceOf(Exchange.BrokenSourceException.class)
            .hasMessage("the old one died");
      }
      assertThat(arrived.get(20, TimeUnit.SECONDS)).doesNotEndWith("0\r\n\r\n");
    }
  }

  @Test
  void a_port_where_nobody_listens_is_told() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    assertThatThrownBy(() -> Exchange.open(new Url("127.0.0.1", free, "/"), PLENTY))
        .hasMessageContaining("nothing listens there");
  }

  private static String bodyOf(String answer) throws IOException {
    try (ScriptedServer server = ScriptedServer.answering(answer);
        Exchange exchange = to(server, PLENTY)) {
      return new String(exchange.get().body().readAllBytes(), ISO_8859_1);
    }
  }

  private static Exchange to(ScriptedServer server, Duration limit) throws IOException {
    return Exchange.open(new Url("127.0.0.1", server.port(), "/state"), limit);
  }

  private static Answer endless() {
    return chunked(new Endless());
  }

  private static Answer breaking() {
    InputStream some = new ByteArrayInputStream("some of it".getBytes(ISO_8859_1));
    return chunked(
        new FilterInputStream(some) {
          @Override
          public int read(byte[] to, int from, int most) throws IOException {
            int count = super.read(to, from, most);
            if (count < 0) {
              throw new IOException("the old one died");
            }
            return count;
          }
        });
  }

  private static Answer chunked(InputStream body) {
    return new Answer(200, Map.of(), OptionalLong.empty(), body);
  }

  private static final class Endless extends InputStream {
    @Override
    public int read() {
      return 'x';
    }

    @Override
    public int read(byte[] to, int from, int most) {
      Arrays.fill(to, from, from + most, (byte) 'x');
      return most;
    }
  }
}
