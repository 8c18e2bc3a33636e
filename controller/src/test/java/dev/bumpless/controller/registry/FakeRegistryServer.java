package dev.bumpless.controller.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.bumpless.trust.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A registry on loopback that serves what a test puts there, and misbehaves when told to. */
public final class FakeRegistryServer implements AutoCloseable {
  final List<String> requests = new CopyOnWriteArrayList<>();
  private final Map<String, byte[]> contents = new ConcurrentHashMap<>();
  private final Map<String, String> elsewhere = new ConcurrentHashMap<>();
  private final HttpServer server;
  private volatile String challenge = "";
  private volatile String authorization = "";
  private volatile int status = 200;

  public FakeRegistryServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    server.createContext("/", this::answer);
    server.start();
  }

  public String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  String url() {
    return "http://" + host();
  }

  /** Serves the text under that path; returns its digest. */
  public String put(String path, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    contents.put(path, bytes);
    return "sha256:" + Sha256.hex(bytes);
  }

  /** Serves the text under {@code kind/DIGEST} of that repository; returns the digest. */
  public String putByDigest(String repository, String kind, String text) {
    String digest = "sha256:" + Sha256.hex(text.getBytes(StandardCharsets.UTF_8));
    return put("/v2/" + repository + "/" + kind + "/" + digest, text);
  }

  /** An image of one platform, and nothing to pull; returns the name to apply. */
  public String image(String repository, String tag) {
    String config =
        putByDigest(
            repository,
            "blobs",
            "{\"os\":\"linux\",\"architecture\":\"amd64\",\"tag\":\"" + tag + "\"}");
    String manifest = "{\"schemaVersion\":2,\"config\":{\"digest\":\"" + config + "\"}}";
    String digest = put("/v2/" + repository + "/manifests/" + tag, manifest);
    put("/v2/" + repository + "/manifests/" + digest, manifest);
    return host() + "/" + repository + ":" + tag;
  }

  void redirect(String path, String target) {
    elsewhere.put(path, target);
  }

  /** Answers below {@code /v2/} only to whoever shows that, and asks for it with the challenge. */
  void demand(String wanted, String wwwAuthenticate) {
    authorization = wanted;
    challenge = wwwAuthenticate;
  }

  void failWith(int code) {
    status = code;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String shown =
        String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")).replace("null", "");
    requests.add(exchange.getRequestURI() + " " + shown);
    boolean isGuarded = path.startsWith("/v2/") && !authorization.isEmpty();
    if (isGuarded && !shown.equals(authorization)) {
      exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
      send(exchange, 401, new byte[0]);
    } else if (status != 200) {
      send(exchange, status, new byte[0]);
    } else if (elsewhere.containsKey(path)) {
      exchange.getResponseHeaders().set("Location", elsewhere.get(path));
      send(exchange, 307, new byte[0]);
    } else if (contents.containsKey(path)) {
      send(exchange, 200, contents.get(path));
    } else {
      send(exchange, 404, new byte[0]);
    }
  }

  private static void send(HttpExchange exchange, int code, byte[] body) throws IOException {
    exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    } finally {
      exchange.close();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
