package dev.bumpless.router.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.router.Instance;
import dev.bumpless.router.Peer;
import dev.bumpless.router.Peer.Message;
import dev.bumpless.router.RunningRouter;
import dev.bumpless.router.Service;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What passes between a client and an instance, message by message. */
class HttpProxyTest {
  private RunningRouter router;

  @BeforeEach
  void start() throws IOException {
    router = RunningRouter.start();
  }

  @AfterEach
  void stop() {
    router.close();
  }

  private Peer clientOf(Instance.Script script) {
    return Service.http(router, Instance.running(script)).connect();
  }

  /** Answers each request with {@code answer} and tells {@code seen} of it. */
  private static Instance.Script answering(BlockingQueue<Message> seen, String answer) {
    return client -> {
      while (true) {
        seen.add(client.readMessage());
        client.send(answer);
      }
    };
  }

  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @Test
  void requests_of_a_kept_connection_share_one_connection_to_the_instance() {
    Instance instance = Instance.echoing("blue");
    Peer client = Service.http(router, instance).connect();
    for (int i = 0; i < 5; i++) {
      assertThat(client.get("/" + i).readMessage().body())
          .isEqualTo("blue GET /" + i + " HTTP/1.1 ");
    }
    assertThat(instance.connections()).isEqualTo(1);
  }

  @Test
  void pipelined_requests_are_answered_in_order() {
    Peer client = Service.http(router, Instance.echoing("blue")).connect();
    StringBuilder requests = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      requests.append(
          i % 3 == 0
              ? "POST /" + i + " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"
              : "GET /" + i + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    client.send(requests.toString());
    for (int i = 0; i < 200; i++) {
      assertThat(client.readMessage().body()).contains(" /" + i + " ");
    }
  }

  @Test
  void a_request_body_streams_with_its_length_or_its_chunks_and_trailers() {
    BlockingQueue<Message> seen = new LinkedBlockingQueue<>();
    Peer client = clientOf(answering(seen, OK));
    client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc");
    client.send("def");
    assertThat(client.readMessage().body()).isEqualTo("ok");
    assertThat(seen.remove().body()).isEqualTo("abcdef");
    client.send("POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    client.send("4\r\ndefg\r\n0\r\nX-Sum: 7\r\n\r\n");
    assertThat(client.readMessage().body()).isEqualTo("ok");
    Message second = seen.remove();
    assertThat(second.body()).isEqualTo("abcdefg");
    assertThat(second.trailers()).containsEntry("x-sum", "7");
  }

  @Test
  void a_body_reaches_the_instance_before_it_is_complete() throws Exception {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    Peer client =
        clientOf(
            instance -> {
              instance.readHead();
              seen.add(new String(instance.read(3), UTF_8));
              seen.add(new String(instance.read(3), UTF_8));
              instance.send(OK);
            });
    client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc");
    assertThat(seen.take()).isEqualTo("abc");
    client.send("def");
    assertThat(client.readMessage().body()).isEqualTo("ok");
  }

  @Test
  void an_answer_reaches_the_client_before_it_is_complete_with_chunks_and_trailers()
      throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    Peer client =
        clientOf(
            instance -> {
              instance.readMessage();
              instance.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
              first.await();
              instance.send("2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n");
            });
    client.get("/");
    Message head = client.readHead();
    assertThat(client.readLine()).isEqualTo("3");
    assertThat(new String(client.read(5), UTF_8)).isEqualTo("abc\r\n");
    first.countDown();
    Message rest = client.readBody(head);
    assertThat(rest.body()).isEqualTo("de");
    assertThat(rest.trailers()).containsEntry("x-sum", "5");
  }

  @Test
  void a_client_that_expects_100_is_told_by_the_instance_to_continue() {
    Peer client =
        clientOf(
            instance -> {
              Message head = instance.readHead();
              instance.send("HTTP/1.1 100 Continue\r\n\r\n");
              String body = instance.readBody(head).body() + head.header("expect");
              instance.send(
                  "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            });
    client.send("POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    assertThat(client.readMessage().status()).isEqualTo(100);
    client.send("abc");
    assertThat(client.readMessage().body()).isEqualTo("abc100-continue");
  }

  @Test
  void a_client_that_expects_100_gets_a_refusal_instead_and_need_not_send() {
    Peer client =
        clientOf(
            instance -> {
              instance.readHead();
              instance.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
              instance.readToEnd();
            });
    client.send(
        "POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 300\r\n\r\n");
    Message answer = client.readMessage();
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.header("connection")).isEqualTo("close");
    assertThat(client.isEnded()).isTrue();
  }

  @Test
  void early_hints_are_passed_on_and_the_answer_follows() {
    Peer client =
        clientOf(
            instance -> {
              while (true) {
                instance.readMessage();
                instance.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
                instance.send("HTTP/1.1 103 Early Hints\r\nLink: </b>\r\n\r\n" + OK);
              }
            });
    for (int i = 0; i < 2; i++) {
      client.get("/");
      assertThat(client.readMessage().header("link")).isEqualTo("</a>");
      assertThat(client.readMessage().header("link")).isEqualTo("</b>");
      assertThat(client.readMessage().body()).isEqualTo("ok");
    }
    client.send("GET / HTTP/1.0\r\n\r\n");
    assertThat(client.readMessage().status()).as("an old client gets no 1xx").isEqualTo(200);
  }

  @Test
  void answers_without_a_body_end_where_their_head_ends() {
    Peer client =
        clientOf(
            instance -> {
              instance.readMessage();
              instance.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
              instance.readMessage();
              instance.send("HTTP/1.1 204 No Content\r\n\r\n");
              instance.readMessage();
              instance.send(
                  "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 9\r\n\r\n");
              instance.readMessage();
              instance.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              instance.readMessage();
              instance.send(OK);
            });
    client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(client.readHead().header("content-length")).isEqualTo("1000");
    assertThat(client.get("/").readMessage().status()).isEqualTo(204);
    assertThat(client.get("/").readMessage().header("etag")).isEqualTo("\"x\"");
    client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(client.readHead().status()).isEqualTo(200);
    assertThat(client.get("/").readMessage().body()).isEqualTo("ok");
  }

  @Test
  void an_answer_that_ends_with_its_connection_is_whole_and_the_client_stays() {
    Peer client =
        clientOf(
            instance -> {
              instance.readMessage();
              instance.send("HTTP/1.0 200 OK\r\n\r\nall of it");
            });
    assertThat(client.get("/").readMessage().body()).isEqualTo("all of it");
    assertThat(client.get("/").readMessage().body()).isEqualTo("all of it");
  }

  @Test
  void an_old_client_gets_no_chunks_and_a_close() {
    BlockingQueue<Message> seen = new LinkedBlockingQueue<>();
    Peer client =
        clientOf(
            answering(
                seen, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"));
    client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    Message answer = client.readHead();
    assertThat(answer.header("transfer-encoding")).isEmpty();
    assertThat(answer.header("connection")).isEqualTo("close");
    assertThat(client.readToEnd()).isEqualTo("ok");
    assertThat(seen.element().start()).isEqualTo("GET / HTTP/1.1");
    assertThat(seen.element().header("host")).isNotEmpty();
  }

  @Test
  void an_old_client_that_asks_for_it_is_kept_where_the_length_is_known() {
    Peer client = Service.http(router, Instance.echoing("blue")).connect();
    client.send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assertThat(client.readMessage().header("connection")).isEqualTo("keep-alive");
    client.send("GET /2 HTTP/1.0\r\n\r\n");
    assertThat(client.readMessage().header("connection")).isEqualTo("close");
    assertThat(client.isEnded()).isTrue();
  }

  @Test
  void a_client_that_wants_to_close_is_closed_and_one_that_ends_its_side_gets_its_answers() {
    Service service = Service.http(router, Instance.echoing("blue"));
    Peer closing = service.connect();
    closing.send("GET /1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(closing.readMessage().header("connection")).isEqualTo("close");
    assertThat(closing.isEnded()).isTrue();
    Peer halfClosing = service.connect().get("/2").get("/3").endOutput();
    assertThat(halfClosing.readMessage().body()).contains("/2");
    assertThat(halfClosing.readMessage().body()).contains("/3");
    assertThat(halfClosing.isEnded()).isTrue();
  }

  @Test
  void the_instance_is_told_who_asked_and_hop_by_hop_headers_stay_behind() throws Exception {
    BlockingQueue<Message> seen = new LinkedBlockingQueue<>();
    Peer client = clientOf(answering(seen, OK));
    client.send(
        """
        GET /x HTTP/1.1
        Host: plant.example
        X-Forwarded-For: 192.0.2.1
        X-Forwarded-For: 192.0.2.2, 192.0.2.3
        X-Forwarded-Proto: https
        X-Forwarded-Host: evil.example
        Connection: keep-alive, X-Secret, Content-Length
        X-Secret: 1
        Keep-Alive: timeout=5
        Proxy-Connection: keep-alive
        Upgrade: h2c
        TE: gzip

        """
            .replace("\n", "\r\n"));
    client.readMessage();
    Message request = seen.take();
    assertThat(request.header("x-forwarded-for"))
        .isEqualTo("192.0.2.1, 192.0.2.2, 192.0.2.3, 127.0.0.1");
    assertThat(request.header("x-forwarded-proto")).isEqualTo("http");
    assertThat(request.header("x-forwarded-host")).isEqualTo("plant.example");
    assertThat(request.header("host")).isEqualTo("plant.example");
    assertThat(request.headers())
        .doesNotContainKeys(
            "x-secret", "connection", "keep-alive", "proxy-connection", "upgrade", "te");
  }

  @Test
  void what_the_router_says_of_a_client_cannot_be_said_by_it() throws Exception {
    BlockingQueue<Message> seen = new LinkedBlockingQueue<>();
    Service service = Service.http(router, Instance.running(answering(seen, OK)));
    service
        .connect()
        .send("GET / HTTP/1.0\r\nX-Forwarded-Host: evil\r\nX_Forwarded_For: evil\r\n\r\n")
        .readMessage();
    Message old = seen.take();
    assertThat(old.headers()).doesNotContainKeys("x-forwarded-host", "x_forwarded_for");
    assertThat(old.header("x-forwarded-for")).isEqualTo("127.0.0.1");
    service
        .connect()
        .send(
            """
            POST / HTTP/1.1
            Host: x
            Transfer-Encoding: chunked

            1
            a
            0
            X-Forwarded-For: evil
            x_forwarded-proto: evil
            Sum: 1

            """
                .replace("\n", "\r\n"))
        .readMessage();
    assertThat(seen.take().trailers()).containsOnlyKeys("sum");
  }

  @Test
  void bytes_of_a_path_that_are_no_text_arrive_as_what_they_are() throws Exception {
    BlockingQueue<Message> seen = new LinkedBlockingQueue<>();
    clientOf(answering(seen, OK)).get("/\u00c3\u00a9?\u00ff").readMessage();
    assertThat(seen.take().path()).isEqualTo("/%C3%A9?%FF");
  }

  @Test
  void a_coding_that_nobody_knows_does_not_reach_the_client_beside_a_length() {
    Message answer =
        clientOf(
                answering(
                    new LinkedBlockingQueue<>(),
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 02\r\n\r\nok"))
            .get("/")
            .readHead();
    assertThat(answer.headers()).containsOnlyKeys("content-length");
    assertThat(answer.header("content-length")).isEqualTo("2");
  }

  @Test
  void a_client_of_an_app_that_is_gone_is_sent_to_whoever_comes_after_it() {
    Instance blue = Instance.echoing("blue");
    Service service = Service.http(router, blue);
    Peer client = service.connect();
    client.get("/").readMessage();
    router.ask("remove app");
    router.ask(
        "define app route=%1$s/http target=blue/0,%1$s,%2$s"
            .formatted(service.listen(), blue.address()));
    router.flip("app", "blue");
    Message answer = client.get("/").readMessage();
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("connection")).isEqualTo("close");
    assertThat(client.isEnded()).isTrue();
    assertThat(service.connect().get("/").readMessage().status()).isEqualTo(200);
  }

  @Test
  void an_answers_hop_by_hop_headers_stay_behind_too() {
    BlockingQueue<Message> seen = new LinkedBlockingQueue<>();
    Peer client =
        clientOf(
            answering(
                seen,
                """
                HTTP/1.1 200 OK
                Connection: keep-alive, X-Hop
                X-Hop: 1
                Keep-Alive: timeout=5
                Set-Cookie: a=1
                Set-Cookie: b=2
                Content-Length: 0

                """
                    .replace("\n", "\r\n")));
    Message answer = client.get("/").readMessage();
    assertThat(answer.headers()).containsOnlyKeys("set-cookie", "content-length");
    assertThat(answer.header("set-cookie")).isEqualTo("a=1 | b=2");
  }

  @Test
  void a_request_for_a_url_becomes_one_for_a_path_of_that_host() throws Exception {
    BlockingQueue<Message> seen = new LinkedBlockingQueue<>();
    Peer client = clientOf(answering(seen, OK));
    client.send("GET http://real.example:81/a?b HTTP/1.1\r\nHost: other\r\n\r\n").readMessage();
    assertThat(seen.element().start()).isEqualTo("GET /a?b HTTP/1.1");
    assertThat(seen.take().header("host")).isEqualTo("real.example:81");
    client.send("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").readMessage();
    assertThat(seen.take().start()).isEqualTo("OPTIONS * HTTP/1.1");
  }

  @Test
  void an_answer_cut_short_by_the_instance_is_cut_short_for_the_client() {
    Peer client =
        clientOf(
            instance -> {
              instance.readMessage();
              instance.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            });
    client.get("/").readHead();
    assertThat(client.readToEnd()).isEqualTo("abc");
  }

  @Test
  void an_instance_that_sends_more_than_its_answer_cannot_answer_the_next_request() {
    Peer client =
        clientOf(
            instance -> {
              while (true) {
                instance.readMessage();
                instance.send(OK + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
              }
            });
    for (int i = 0; i < 10; i++) {
      assertThat(client.get("/" + i).readMessage().body()).isEqualTo("ok");
    }
  }

  @Test
  void what_follows_an_answer_and_is_none_cannot_become_part_of_the_next() {
    Peer client =
        clientOf(
            instance -> {
              while (true) {
                boolean odd = instance.readMessage().path().equals("/odd");
                instance.send(odd ? "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 299 evil" : OK);
              }
            });
    for (int i = 0; i < 5; i++) {
      assertThat(client.get("/odd").readMessage().status()).isEqualTo(204);
      assertThat(client.get("/").readMessage().status()).isEqualTo(200);
    }
  }

  @Test
  void a_client_that_goes_away_takes_its_request_with_it() {
    Service service =
        Service.http(
            router,
            Instance.running(
                instance -> {
                  instance.readMessage();
                  instance.readToEnd();
                }));
    Peer client = service.connect().get("/");
    await().until(() -> service.stat("blue/0", "underway") == 1);
    client.reset();
    await().until(() -> service.stat("blue/0", "underway") == 0);
  }

  @Test
  void traffic_is_counted() {
    Service service = Service.http(router, Instance.echoing("blue"));
    Peer client = service.connect();
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc").readMessage();
    client.get("/").readMessage();
    await().until(() -> service.stat("blue/0", "answered") == 2);
    assertThat(service.stats("blue/0"))
        .contains("serving=yes", "underway=0", "failures=0", "bytes-in=3");
  }
}
