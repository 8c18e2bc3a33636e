package dev.bumpless.simulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.bumpless.trust.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** A registry on loopback that has a manifest for every tag that is asked for, and no layers. */
final class StubRegistry implements AutoCloseable {
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String MANIFESTS = "/manifests/";

  private final HttpServer server;
  private final Map<String, String> byDigest = new HashMap<>();

  StubRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v2/", this::answer);
    server.start();
  }

  /** {@code 127.0.0.1:PORT}. */
  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    int at = path.lastIndexOf(MANIFESTS);
    String reference = at < 0 ? "" : path.substring(at + MANIFESTS.length());
    String manifest = reference.startsWith("sha256:") ? byDigest.get(reference) : index(reference);
    try (exchange) {
      if (manifest == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      byte[] body = manifest.getBytes(StandardCharsets.UTF_8);
      exchange
          .getResponseHeaders()
          .add("Content-Type", manifest.contains("\"layers\"") ? MANIFEST : INDEX);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private String index(String tag) {
    String manifest =
        """
        {"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":2},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:%s","size":1000000}]}"""
            .formatted(MANIFEST, sha256("config"), sha256("layer of " + tag));
    String digest = "sha256:" + sha256(manifest);
    byDigest.put(digest, manifest);
    String index =
        """
        {"schemaVersion":2,"mediaType":"%s","manifests":[{"mediaType":"%s","digest":"%s","size":%d,"platform":{"architecture":"arm64","os":"linux","variant":"v8"}}]}"""
            .formatted(INDEX, MANIFEST, digest, manifest.length());
    byDigest.put("sha256:" + sha256(index), index);
    return index;
  }

  private static String sha256(String text) {
    return Sha256.hex(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
