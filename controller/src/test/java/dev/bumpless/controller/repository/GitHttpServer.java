package dev.bumpless.controller.repository;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Git's own {@code http-backend} on loopback, behind a password. */
final class GitHttpServer implements AutoCloseable {
  final List<String> requests = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final Path root;
  private final String authorization;
  private volatile Optional<String> elsewhere = Optional.empty();

  GitHttpServer(Path root, String user, String password) throws IOException {
    this.root = root;
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    this.authorization = "Basic " + Base64.getEncoder().encodeToString(both);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + path);
  }

  /** From now on it sends everybody on to there. */
  void redirectTo(String url) {
    elsewhere = Optional.of(url);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (elsewhere.isPresent()) {
        exchange.getResponseHeaders().add("Location", elsewhere.get());
        exchange.sendResponseHeaders(302, -1);
      } else if (!authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"git\"");
        exchange.sendResponseHeaders(401, -1);
      } else {
        backend(exchange, body);
      }
    }
  }

  private void backend(HttpExchange exchange, byte[] body) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("git", "http-backend");
    URI uri = exchange.getRequestURI();
    builder
        .environment()
        .putAll(
            Map.of(
                "GIT_PROJECT_ROOT", root.toString(),
                "GIT_HTTP_EXPORT_ALL", "1",
                "PATH_INFO", uri.getPath(),
                "QUERY_STRING", Optional.ofNullable(uri.getQuery()).orElse(""),
                "REQUEST_METHOD", exchange.getRequestMethod(),
                "CONTENT_LENGTH", String.valueOf(body.length),
                "CONTENT_TYPE", header(exchange, "Content-Type"),
                "HTTP_CONTENT_ENCODING", header(exchange, "Content-Encoding"),
                "GIT_PROTOCOL", header(exchange, "Git-Protocol"),
                "REMOTE_USER", "reader"));
    Process process = builder.start();
    new ByteArrayInputStream(body).transferTo(process.getOutputStream());
    process.getOutputStream().close();
    InputStream answer = process.getInputStream();
    int status = 200;
    for (String line = line(answer); !line.isEmpty(); line = line(answer)) {
      String[] parts = line.split(": ", 2);
      if (parts[0].equals("Status")) {
        status = Integer.parseInt(parts[1].substring(0, 3));
      } else {
        exchange.getResponseHeaders().add(parts[0], parts[1]);
      }
    }
    exchange.sendResponseHeaders(status, 0);
    answer.transferTo(exchange.getResponseBody());
  }

  private static String header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n' && c != -1; c = in.read()) {
      line.append((char) c);
    }
    return line.toString().strip();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
