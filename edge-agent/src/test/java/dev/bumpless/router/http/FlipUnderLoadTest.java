package dev.bumpless.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.router.Instance;
import dev.bumpless.router.Peer;
import dev.bumpless.router.Peer.Message;
import dev.bumpless.router.RunningRouter;
import dev.bumpless.router.Service;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients of every shape, a flip many times a second, and each request answered once, in order. */
class FlipUnderLoadTest {
  private static final int FLIPS = 40;

  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicInteger answers = new AtomicInteger();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Set<String> answeredBy = ConcurrentHashMap.newKeySet();
  private RunningRouter router;
  private Service service;

  private interface Client {
    void run(Peer connection);
  }

  @BeforeEach
  void start() throws IOException {
    router = RunningRouter.start();
    service = Service.http(router, Instance.echoing("blue"), Instance.echoing("green"));
  }

  @AfterEach
  void stop() {
    router.close();
  }

  @Test
  void no_request_is_lost_doubled_or_misplaced() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (Client shape :
        List.<Client>of(this::keepAlive, this::pipelined, this::slowBody, this::chunked)) {
      threads.add(client(true, shape));
    }
    threads.add(client(false, this::keepAlive));
    threads.forEach(Thread::start);
    for (int flip = 0; flip < FLIPS; flip++) {
      String from = flip % 2 == 0 ? "blue" : "green";
      router.flip("app", flip % 2 == 0 ? "green" : "blue");
      assertThat(router.ask("drain app " + from + " 10s")).isEqualTo("ok cut=0");
    }
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(answers.get()).isEqualTo(numbers.get()).isGreaterThan(FLIPS);
    assertThat(answeredBy).containsExactlyInAnyOrder("blue", "green");
    assertThat(service.stat("blue/0", "failures") + service.stat("green/0", "failures")).isZero();
  }

  private Thread client(boolean keep, Client shape) {
    return new Thread(
        () -> {
          try {
            Peer connection = service.connect();
            while (!stop.get()) {
              shape.run(connection);
              if (!keep) {
                connection.close();
                connection = service.connect();
              }
            }
            connection.close();
          } catch (Throwable e) {
            failures.add(e);
          }
        });
  }

  private void check(Message answer, int number) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).contains("/" + number + " ");
    answeredBy.add(answer.header("x-instance"));
    answers.incrementAndGet();
  }

  private void keepAlive(Peer connection) {
    int number = numbers.incrementAndGet();
    check(connection.get("/" + number).readMessage(), number);
  }

  private void pipelined(Peer connection) {
    List<Integer> asked = new ArrayList<>();
    StringBuilder requests = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      asked.add(numbers.incrementAndGet());
      requests.append("GET /").append(asked.get(i)).append(" HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    connection.send(requests.toString());
    asked.forEach(number -> check(connection.readMessage(), number));
  }

  private void slowBody(Peer connection) {
    int number = numbers.incrementAndGet();
    connection.send("POST /" + number + " HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n");
    for (int i = 0; i < 8; i++) {
      connection.send("12345");
    }
    Message answer = connection.readMessage();
    check(answer, number);
    assertThat(answer.body()).endsWith(" " + "12345".repeat(8));
  }

  private void chunked(Peer connection) {
    int number = numbers.incrementAndGet();
    connection.send(
        "PUT /" + number + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    connection.send("5\r\nabcde\r\n");
    connection.send("3\r\nfgh\r\n0\r\nX-Sum: 8\r\n\r\n");
    Message answer = connection.readMessage();
    check(answer, number);
    assertThat(answer.body()).endsWith(" abcdefgh");
  }
}
