package dev.bumpless.router.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.router.Instance;
import dev.bumpless.router.Peer;
import dev.bumpless.router.Peer.Message;
import dev.bumpless.router.RunningRouter;
import dev.bumpless.router.Service;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that two parsers could read differently reach no instance. */
class SmugglingTest {
  private static final List<Message> SEEN = new CopyOnWriteArrayList<>();
  private static RunningRouter router;
  private static Service service;

  @BeforeAll
  static void start() throws IOException {
    router = RunningRouter.start();
    service =
        Service.http(
            router,
            Instance.running(
                client -> {
                  while (true) {
                    SEEN.add(client.readMessage());
                    client.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                  }
                }));
  }

  @AfterAll
  static void stop() {
    router.close();
  }

  @BeforeEach
  void forget() {
    SEEN.clear();
  }

  private static Arguments refused(int status, String what, String head) {
    return Arguments.of(what, status, head);
  }

  private static String post(String headers) {
    return "POST /evil HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
  }

  static Stream<Arguments> requests() {
    String inner = "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    return Stream.of(
        refused(
            400,
            "length and chunks",
            post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + inner),
        refused(
            400,
            "chunks and length",
            post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") + inner),
        refused(400, "two lengths", post("Content-Length: 0\r\nContent-Length: 5\r\n") + inner),
        refused(
            400, "one length twice", post("Content-Length: 5\r\nContent-Length: 5\r\n") + inner),
        refused(400, "a list of lengths", post("Content-Length: 5, 5\r\n") + inner),
        refused(400, "a signed length", post("Content-Length: +5\r\n") + inner),
        refused(400, "a negative length", post("Content-Length: -5\r\n") + inner),
        refused(400, "a hexadecimal length", post("Content-Length: 0x5\r\n") + inner),
        refused(400, "an empty length", post("Content-Length:\r\n") + inner),
        refused(400, "a length too long", post("Content-Length: 99999999999999999999\r\n") + inner),
        refused(400, "an unknown coding", post("Transfer-Encoding: gzip\r\n") + inner),
        refused(501, "two codings", post("Transfer-Encoding: gzip, chunked\r\n") + inner),
        refused(400, "chunked first", post("Transfer-Encoding: chunked, gzip\r\n") + inner),
        refused(400, "chunked twice", post("Transfer-Encoding: chunked, chunked\r\n") + inner),
        refused(
            400,
            "chunked in two lines",
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + inner),
        refused(
            501,
            "chunked beside an unknown",
            post("Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n") + inner),
        refused(
            400, "a coding with a tab in it", post("Transfer-Encoding: \u000bchunked\r\n") + inner),
        refused(400, "a quoted coding", post("Transfer-Encoding: \"chunked\"\r\n") + inner),
        refused(
            400,
            "chunks in HTTP/1.0",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + inner),
        refused(400, "a blank before the colon", post("Transfer-Encoding : chunked\r\n") + inner),
        refused(400, "a folded line", post("X: a\r\n Transfer-Encoding: chunked\r\n") + inner),
        refused(400, "a folded line with a tab", post("X: a\r\n\tb\r\n")),
        refused(400, "a first line that is folded", "GET / HTTP/1.1\r\n Host: x\r\n\r\n"),
        refused(400, "bare line feeds", "POST / HTTP/1.1\nHost: x\nContent-Length: 5\n\n" + inner),
        refused(400, "a bare line feed", post("X: a\nTransfer-Encoding: chunked\r\n") + inner),
        refused(
            400, "a bare carriage return", post("X: a\rTransfer-Encoding: chunked\r\n") + inner),
        refused(400, "a zero byte", post("X: a\0b\r\n")),
        refused(400, "a header without a colon", post("X\r\n")),
        refused(400, "a header without a name", post(": x\r\n")),
        refused(400, "a host with a path", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n"),
        refused(400, "a host with a user", "GET / HTTP/1.1\r\nHost: a@x\r\n\r\n"),
        refused(400, "a list of hosts", "GET / HTTP/1.1\r\nHost: x, y\r\n\r\n"),
        refused(400, "a URL with a user", "GET http://a@x/ HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused(400, "a URL without a host", "GET http:///a HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused(400, "a zero byte in the path", "GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused(400, "a control in the path", "GET /\u0001 HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused(431, "many tiny headers", post("a:\r\n".repeat(150))),
        refused(400, "two hosts", post("Host: y\r\n")),
        refused(400, "no host", "GET / HTTP/1.1\r\n\r\n"),
        refused(400, "no version", "GET /\r\n\r\n"),
        refused(400, "a blank too many", "GET  / HTTP/1.1 \r\nHost: x\r\n\r\n"),
        refused(400, "a blank in the path", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused(400, "no path", "GET x HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused(400, "a method that is none", "G@T / HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused(400, "garbage", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n"),
        refused(505, "another version", "GET / HTTP/1.2\r\nHost: x\r\n\r\n"),
        refused(505, "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        refused(501, "a forward proxy's verb", "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused(
            414, "a path too long", "GET /" + "a".repeat(9000) + " HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused(431, "a header too long", post("X: " + "a".repeat(17_000) + "\r\n")),
        refused(431, "too many headers", post(("X: " + "a".repeat(90) + "\r\n").repeat(200))));
  }

  @ParameterizedTest(name = "{0} is answered {1}")
  @MethodSource("requests")
  void a_request_with(String what, int status, String request) {
    Peer client = service.connect();
    client.send(request);
    Message answer = client.readMessage();
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("connection")).isEqualTo("close");
    assertThat(client.readToEnd()).as("after the answer").isEmpty();
    assertThat(SEEN).as("seen by the instance").isEmpty();
  }

  /** However the bytes arrive, the verdict is the same. */
  @ParameterizedTest(name = "{0}, byte by byte")
  @MethodSource("requests")
  void in_small_pieces(String what, int status, String request) {
    if (request.length() > 1_000) {
      return;
    }
    Peer client = service.connect();
    try {
      for (byte next : request.getBytes(ISO_8859_1)) {
        client.send(new byte[] {next});
      }
    } catch (java.io.UncheckedIOException e) {
      // Refused and closed before all was sent.
    }
    assertThat(client.readMessage().status()).isEqualTo(status);
    assertThat(SEEN).isEmpty();
  }

  @Test
  void a_chunk_that_lies_about_its_size_ends_the_connection() {
    for (String body :
        List.of(
            "zz\r\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n", "-1\r\n\r\n", "3;\nx\r\nabc\r\n")) {
      Peer client = service.connect();
      client.send(post("Transfer-Encoding: chunked\r\n") + body);
      client.send("GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.readMessage().status()).as(body).isEqualTo(400);
      assertThat(client.readToEnd()).isEmpty();
    }
    assertThat(SEEN).noneMatch(request -> request.path().equals("/smuggled"));
  }

  @Test
  void what_looks_odd_and_is_not_passes() {
    Peer client = service.connect();
    client.send("\r\n\r\nGET /1 HTTP/1.1\r\nHost: x\r\n\r\n").readMessage();
    client.send("\r\nPOST /2 HTTP/1.1\r\nhost:x\r\nCONTENT-LENGTH: 0003\r\n\r\nabc").readMessage();
    client.send(
        "POST /3 HTTP/1.1\r\nHost: x\r\ntransfer-encoding: CHUNKED\r\n\r\n3;a=b\r\nabc\r\n0\r\n\r\n");
    client.readMessage();
    client.send("BREW /4 HTTP/1.1\r\nHost: x\r\nX:\r\nY:  \t a \r\n\r\n").readMessage();
    assertThat(SEEN).extracting(Message::path).containsExactly("/1", "/2", "/3", "/4");
    assertThat(SEEN).extracting(Message::body).containsExactly("", "abc", "abc", "");
    assertThat(SEEN.get(1).header("content-length")).isEqualTo("3");
  }

  @Test
  void an_answer_that_two_parsers_could_read_differently_is_a_bad_gateway() throws IOException {
    for (String answer :
        List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabc",
            "garbage\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b=c\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 1000 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")) {
      try (RunningRouter other = RunningRouter.start()) {
        Service odd =
            Service.http(
                other,
                Instance.running(
                    client -> {
                      client.readMessage();
                      client.send(answer);
                      client.readToEnd();
                    }));
        assertThat(odd.connect().get("/").readMessage().status()).as(answer).isEqualTo(502);
        assertThat(odd.stat("blue/0", "failures")).isEqualTo(1);
      }
    }
  }
}
