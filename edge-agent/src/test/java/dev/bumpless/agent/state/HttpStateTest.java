package dev.bumpless.agent.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.bumpless.agent.swap.Slot;
import dev.bumpless.agent.swap.StateTransfer.Side;
import dev.bumpless.agent.swap.TransferException;
import dev.bumpless.manifest.StatePolicy;
import dev.bumpless.rig.Sides;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** State by HTTP between two apps on loopback addresses of their own. */
class HttpStateTest {
  private static final Duration PLENTY = Duration.ofSeconds(20);
  private static final String STRONG = "\"v7\"";

  private App old;
  private App young;

  @BeforeEach
  void start() throws IOException {
    old = new App("127.0.0.1", 0);
    young = new App("127.0.0.2", old.port());
    old.state.set(bytes("tank=3"));
  }

  @AfterEach
  void stop() {
    old.server.stop(0);
    young.server.stop(0);
  }

  @Test
  void what_the_old_one_gives_the_new_one_has() throws Exception {
    byte[] large = new byte[5_000_000];
    new Random(1).nextBytes(large);
    old.state.set(large);

    bring();

    assertThat(young.state.get()).isEqualTo(large);
    assertThat(young.length).isEqualTo("5000000");
  }

  @Test
  void what_comes_in_chunks_is_put_in_chunks() throws Exception {
    old.chunked = true;

    bring();

    assertThat(young.state.get()).isEqualTo(bytes("tank=3"));
    assertThat(young.length).isNull();
  }

  @Test
  void the_type_of_the_state_goes_with_it() throws Exception {
    old.type = "application/vnd.tank+json";

    bring();

    assertThat(young.type).isEqualTo("application/vnd.tank+json");
  }

  @Test
  void the_same_bytes_are_the_same_state_whatever_the_etags_say() throws Exception {
    young.etag = content -> "\"mine\"";

    bring();

    assertThat(young.state.get()).isEqualTo(bytes("tank=3"));
  }

  @Test
  void the_same_strong_etag_is_the_same_state_in_other_bytes() throws Exception {
    old.etag = content -> STRONG;
    young.etag = content -> STRONG;
    young.keeps = bytes -> bytes("tank=3 at 12:00");

    bring();

    assertThat(young.state.get()).isEqualTo(bytes("tank=3 at 12:00"));
  }

  @Test
  void the_same_weak_etag_proves_nothing() {
    old.etag = content -> "W/" + STRONG;
    young.etag = content -> "W/" + STRONG;
    young.keeps = bytes -> bytes("tank");

    assertThat(failure(PLENTY)).hasMessageContaining("gave another state: 4 bytes, ETag W/\"v7\"");
  }

  @Test
  void a_new_one_that_keeps_only_a_part_is_told_with_both_marks() {
    young.keeps = bytes -> bytes("tank");

    assertThat(failure(PLENTY))
        .hasMessageContaining("PUT http://127.0.0.2:" + old.port() + "/state (container 'app' of")
        .hasMessageContaining("gave another state: 4 bytes, ETag \"")
        .hasMessageContaining("gave 6 bytes, ETag \"");
  }

  @Test
  void an_old_one_without_an_etag_is_refused_before_anything_is_put() {
    old.etag = content -> null;

    assertThat(failure(PLENTY))
        .hasMessageContaining("GET http://127.0.0.1:")
        .hasMessageContaining("of stateful:blue/0) answered 200 without an ETag: it must answer");
    assertThat(young.puts).hasValue(0);
  }

  @Test
  void an_old_one_that_has_no_state_there_is_told() {
    old.status = 404;

    assertThat(failure(PLENTY)).hasMessageContaining("answered 404 'tank=3': it must answer 200");
  }

  @Test
  void a_new_one_that_does_not_take_it_is_told_in_its_words() {
    young.status = 409;
    young.says = "schema 2 wanted";

    assertThat(failure(PLENTY))
        .hasMessageContaining("PUT http://127.0.0.2:")
        .hasMessageContaining("of stateful:green/0) answered 409 'schema 2 wanted'");
  }

  @Test
  void a_state_without_end_is_given_up_at_the_limit_of_its_size() {
    old.endless = true;

    assertThat(failure(Duration.ofSeconds(60)))
        .hasMessageContaining("GET http://127.0.0.1:")
        .hasMessageContaining("longer than 64 MiB: what is that large belongs into a volume");
    assertThat(young.state.get()).isEmpty();
  }

  @Test
  void a_slow_one_is_given_up_at_the_deadline_and_told_what_to_do() {
    old.hangs = true;

    assertThat(failure(Duration.ofMillis(400)))
        .hasMessageContaining("GET http://127.0.0.1:")
        .hasMessageContaining("no end within")
        .hasMessageContaining("; make it quicker, or raise 'upgrade.hold'");
  }

  @Test
  void a_container_that_is_gone_is_told() {
    Side nobody = new Side(blue().instance(), List.of());

    assertThat(
            catchThrowableOfType(
                TransferException.class, () -> state().bring(nobody, green(), PLENTY)))
        .hasMessage("container 'app' of stateful:blue/0 is gone");
  }

  @Test
  void a_container_without_an_address_is_told() {
    Side hostNetwork = Sides.running(Slot.BLUE, "app", "id", "");

    assertThat(
            catchThrowableOfType(
                TransferException.class, () -> state().bring(hostNetwork, green(), PLENTY)))
        .hasMessageContaining("has no address on the device's bridge");
  }

  private void bring() throws TransferException {
    state().bring(blue(), green(), PLENTY);
  }

  private TransferException failure(Duration limit) {
    return catchThrowableOfType(
        TransferException.class, () -> state().bring(blue(), green(), limit));
  }

  private HttpState state() {
    return new HttpState(new StatePolicy.Http("app", old.port(), "/state"));
  }

  private static Side blue() {
    return Sides.running(Slot.BLUE, "app", "blue-id", "127.0.0.1");
  }

  private static Side green() {
    return Sides.running(Slot.GREEN, "app", "green-id", "127.0.0.2");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** State in memory, and what goes wrong with it. */
  private static final class App {
    final HttpServer server;
    final AtomicReference<byte[]> state = new AtomicReference<>(new byte[0]);
    UnaryOperator<byte[]> keeps = bytes -> bytes;
    Function<byte[], String> etag = content -> "\"" + Arrays.hashCode(content) + "\"";
    int status = 200;
    String says = "";
    boolean chunked;
    boolean endless;
    boolean hangs;
    String type = "text/plain";
    volatile String length;
    final AtomicInteger puts = new AtomicInteger();

    App(String address, int port) throws IOException {
      server = HttpServer.create(new InetSocketAddress(address, port), 0);
      server.setExecutor(
          Executors.newCachedThreadPool(
              task -> {
                Thread thread = new Thread(task, "app");
                thread.setDaemon(true);
                return thread;
              }));
      server.createContext("/state", this::answer);
      server.start();
    }

    int port() {
      return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
      try (exchange) {
        if (exchange.getRequestMethod().equals("PUT")) {
          take(exchange);
        } else if (!hangs) {
          give(exchange);
        } else {
          exchange.getRequestBody().readAllBytes();
          new CountDownLatch(1).await(5, TimeUnit.SECONDS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void take(HttpExchange exchange) throws IOException {
      puts.incrementAndGet();
      length = exchange.getRequestHeaders().getFirst("Content-Length");
      type = exchange.getRequestHeaders().getFirst("Content-Type");
      byte[] given = exchange.getRequestBody().readAllBytes();
      if (status == 200) {
        state.set(keeps.apply(given));
      }
      exchange.sendResponseHeaders(status, says.isEmpty() ? -1 : says.length());
      exchange.getResponseBody().write(bytes(says));
    }

    private void give(HttpExchange exchange) throws IOException {
      byte[] content = state.get();
      String tag = etag.apply(content);
      if (tag != null) {
        exchange.getResponseHeaders().set("ETag", tag);
      }
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, chunked || endless ? 0 : content.length);
      OutputStream out = exchange.getResponseBody();
      out.write(content);
      while (endless) {
        out.write(new byte[65536]);
      }
    }
  }
}
