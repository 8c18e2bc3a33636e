package dev.bumpless.router.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.router.Instance;
import dev.bumpless.router.Peer;
import dev.bumpless.router.Peer.Message;
import dev.bumpless.router.RunningRouter;
import dev.bumpless.router.Service;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a request whose instance fails. */
class RetryTest {
  private static final String POST = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private RunningRouter router;

  @BeforeEach
  void start() throws IOException {
    router = RunningRouter.start();
  }

  @AfterEach
  void stop() {
    router.close();
  }

  /** Answers one request on each connection, then closes it without a word. */
  private static Instance forgetful(AtomicInteger answered) {
    return Instance.running(
        client -> {
          client.readMessage();
          answered.incrementAndGet();
          client.send(OK);
        });
  }

  @Test
  void an_idle_connection_that_the_instance_closes_costs_nobody_an_answer() {
    AtomicInteger answered = new AtomicInteger();
    Service service = Service.http(router, forgetful(answered));
    Peer client = service.connect();
    for (int i = 0; i < 200; i++) {
      Message answer = i % 2 == 0 ? client.get("/").readMessage() : client.send(POST).readMessage();
      assertThat(answer.body()).as("request %d", i).isEqualTo("ok");
    }
    assertThat(answered).hasValue(200);
    assertThat(service.stat("blue/0", "failures")).isZero();
  }

  @Test
  void an_idempotent_request_on_a_stale_connection_is_asked_again_on_a_fresh_one() {
    AtomicInteger seen = new AtomicInteger();
    Service service =
        Service.http(
            router,
            Instance.running(
                client -> {
                  client.readMessage();
                  client.send(OK);
                  // Took the next request and died of it: on this connection only.
                  client.readMessage();
                  seen.incrementAndGet();
                }));
    Peer client = service.connect();
    for (int i = 0; i < 10; i++) {
      assertThat(client.get("/").readMessage().body()).isEqualTo("ok");
    }
    assertThat(seen).hasPositiveValue();
    assertThat(service.stat("blue/0", "failures")).isZero();
  }

  @Test
  void a_request_that_must_not_be_sent_twice_is_not() {
    AtomicInteger seen = new AtomicInteger();
    Service service =
        Service.http(
            router,
            Instance.running(
                client -> {
                  if (client.readMessage().start().startsWith("POST")) {
                    seen.incrementAndGet();
                    return;
                  }
                  client.send(OK);
                  client.readMessage();
                  seen.incrementAndGet();
                }));
    Peer client = service.connect();
    client.get("/").readMessage();
    assertThat(client.send(POST).readMessage().status()).isEqualTo(502);
    assertThat(client.send(POST).readMessage().status()).isEqualTo(502);
    assertThat(seen).hasValue(2);
    assertThat(service.stat("blue/0", "failures")).isEqualTo(2);
  }

  @Test
  void a_dead_instance_beside_living_ones_is_passed_over_and_counted() {
    Instance one = Instance.echoing("one");
    Instance two = Instance.echoing("two");
    Service service =
        Service.replicas(router, "http", one.address(), RunningRouter.freeAddress(), two.address());
    Peer client = service.connect();
    Set<String> answered = new HashSet<>();
    for (int i = 0; i < 40; i++) {
      Message answer = i % 2 == 0 ? client.get("/").readMessage() : client.send(POST).readMessage();
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      answered.add(answer.header("x-instance"));
    }
    assertThat(answered).containsExactlyInAnyOrder("one", "two");
    assertThat(service.stat("blue/1", "failures")).isPositive();
    assertThat(service.stat("blue/0", "failures")).isZero();
  }

  @Test
  void when_all_are_dead_it_is_a_bad_gateway_and_the_client_may_ask_on() {
    Service service =
        Service.replicas(router, "http", RunningRouter.freeAddress(), RunningRouter.freeAddress());
    Peer client = service.connect();
    assertThat(client.get("/").readMessage().status()).isEqualTo(502);
    assertThat(client.get("/").readMessage().status()).isEqualTo(502);
  }

  @Test
  void when_nobody_serves_it_is_unavailable_and_says_when_to_ask_again() {
    Service service = Service.http(router, Instance.echoing("blue"));
    router.flip("app", "none");
    Peer client = service.connect();
    for (int i = 0; i < 3; i++) {
      Message answer = client.get("/").readMessage();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("retry-after")).isEqualTo("1");
    }
    client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(client.readHead().status()).isEqualTo(503);
    assertThat(client.send(POST).readMessage().header("connection")).isEqualTo("close");
    assertThat(client.isEnded()).isTrue();
  }

  @Test
  void when_the_new_slot_dies_after_the_flip_what_may_be_repeated_goes_to_the_old_one() {
    Instance blue = Instance.echoing("blue");
    Instance green = Instance.echoing("green");
    Service service = Service.http(router, blue, green);
    Peer client = service.connect();
    service.flipToGreen();
    assertThat(client.get("/").readMessage().header("x-instance")).isEqualTo("green");
    green.close();
    for (int i = 0; i < 5; i++) {
      assertThat(client.get("/").readMessage().header("x-instance")).isEqualTo("blue");
    }
    assertThat(client.send(POST).readMessage().status()).isEqualTo(502);
    assertThat(service.stat("green/0", "failures")).isPositive();
  }

  @Test
  void a_request_that_was_sent_to_nobody_yet_waits_for_the_way_back() {
    Instance green = Instance.echoing("green");
    Service service = Service.http(router, Instance.echoing("blue"), green);
    service.flipToGreen();
    green.close();
    Peer client = service.connect();
    client.send(POST);
    await().until(() -> service.stat("green/0", "failures") > 1);
    router.flip("app", "blue");
    assertThat(client.readMessage().header("x-instance")).isEqualTo("blue");
  }

  @Test
  void a_request_that_instances_die_of_is_not_sent_on_and_on() {
    AtomicInteger seen = new AtomicInteger();
    Service service =
        Service.http(
            router,
            Instance.running(
                client -> {
                  client.readMessage();
                  seen.incrementAndGet();
                }));
    assertThat(service.connect().get("/").readMessage().status()).isEqualTo(502);
    assertThat(seen).hasValueBetween(1, 3);
  }

  @Test
  void an_instance_that_never_answers_is_given_up_in_time() throws IOException {
    try (RunningRouter hasty = RunningRouter.start(RunningRouter::hasty)) {
      Service service = Service.http(hasty, Instance.running(Peer::readToEnd));
      Peer client = service.connect();
      assertThat(client.get("/").readMessage().status()).isEqualTo(504);
      assertThat(client.get("/").readMessage().status()).isEqualTo(504);
      await().until(() -> service.stat("blue/0", "underway") == 0);
      assertThat(service.stat("blue/0", "failures")).isEqualTo(2);
    }
  }

  @Test
  void an_early_answer_to_a_long_request_arrives() {
    Service service =
        Service.http(
            router,
            Instance.running(
                client -> {
                  client.readHead();
                  client.send("HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\n\r\nbig!");
                }));
    Peer client = service.connect();
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n");
    try {
      for (int i = 0; i < 50; i++) {
        client.send(new byte[100_000]);
      }
    } catch (java.io.UncheckedIOException e) {
      // The router stopped listening after a while; what matters is what it said.
    }
    assertThat(client.readMessage().body()).isEqualTo("big!");
  }
}
