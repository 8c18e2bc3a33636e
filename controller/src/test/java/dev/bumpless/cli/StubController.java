package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A controller that answers what the test put in, and the command line run against it. */
final class StubController implements AutoCloseable {
  /** What one call of the command line left. */
  record Result(int exitCode, String out, String err) {}

  /** One call of the API, as it arrived. */
  record Call(String line, JsonNode body, String authorization) {}

  private record Answer(int status, String body) {}

  private final HttpServer server;
  private final Map<String, Queue<Answer>> answers = new HashMap<>();
  final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  boolean live;

  StubController() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Answers of one call, in turn; the last one is repeated. */
  synchronized StubController on(String line, int status, String... bodies) {
    Queue<Answer> queue = answers.computeIfAbsent(line, key -> new ArrayDeque<>());
    for (String body : bodies) {
      queue.add(new Answer(status, body.replace('\'', '"')));
    }
    return this;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  Result run(String... args) {
    return run(Map.of("BUMPLESS_URL", url(), "BUMPLESS_TOKEN", "secret"), "", args);
  }

  Result run(Map<String, String> environment, String in, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            environment,
            new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            live);
    int code = Main.run(terminal, args);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private void answer(HttpExchange exchange) {
    String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String authorization = exchange.getRequestHeaders().getFirst("Authorization");
      calls.add(
          new Call(line, Api.JSON.readTree(body), authorization == null ? "" : authorization));
      Answer answer = next(line);
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized Answer next(String line) {
    Queue<Answer> queue = answers.getOrDefault(line, new ArrayDeque<>());
    if (queue.isEmpty()) {
      String message = "the stub has no answer for " + line;
      return new Answer(500, "{\"error\":{\"code\":\"INTERNAL\",\"message\":\"" + message + "\"}}");
    }
    return queue.size() == 1 ? queue.element() : queue.remove();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
