package dev.bumpless.agent.docker;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.trust.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.awaitility.Awaitility;

/**
 * Debian's {@code docker-registry} on a loopback port of its own, and a pusher that needs no
 * engine: images are made of {@link TinyImage}s byte by byte, so their digests are known.
 */
public final class LoopbackRegistry implements AutoCloseable {
  public static final String USER = "plant";
  public static final String PASSWORD = "secret";
  private static final String HTPASSWD =
      USER + ":$2b$05$VmzlqVmE93Qb6aArcU6EiOdCb0QZrMaujIeKgtJrC5NyA2APcu24y\n";
  private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
  private static final String INDEX = "application/vnd.docker.distribution.manifest.list.v2+json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Path folder;
  private final int port;
  private final boolean guarded;
  private Process process;

  private LoopbackRegistry(Path folder, int port, boolean guarded) {
    this.folder = folder;
    this.port = port;
    this.guarded = guarded;
  }

  public static LoopbackRegistry start(Path folder) throws IOException {
    return start(folder, false);
  }

  /** One that asks for {@link #USER} and {@link #PASSWORD}. */
  public static LoopbackRegistry startGuarded(Path folder) throws IOException {
    return start(folder, true);
  }

  private static LoopbackRegistry start(Path folder, boolean guarded) throws IOException {
    Files.createDirectories(folder);
    LoopbackRegistry registry = new LoopbackRegistry(folder, freePort(), guarded);
    registry.configure();
    registry.up();
    return registry;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void configure() throws IOException {
    String auth =
        guarded
            ? "auth:\n  htpasswd:\n    realm: plant\n    path: " + folder.resolve("htpasswd") + "\n"
            : "";
    Files.writeString(folder.resolve("htpasswd"), HTPASSWD);
    Files.writeString(
        folder.resolve("config.yml"),
        "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: "
            + folder.resolve("data")
            + "\n  delete:\n    enabled: true\nhttp:\n  addr: 127.0.0.1:"
            + port
            + "\n  secret: test\n"
            + auth);
  }

  /** Starts it again after {@link #down}, with what it had. */
  public void up() throws IOException {
    process =
        new ProcessBuilder("docker-registry", "serve", folder.resolve("config.yml").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    Awaitility.await("registry on port " + port)
        .atMost(20, TimeUnit.SECONDS)
        .pollInterval(50, TimeUnit.MILLISECONDS)
        .ignoreExceptions()
        .until(() -> send(request("/v2/").GET()).statusCode() == 200);
  }

  public void down() {
    process.destroy();
    process.onExit().join();
  }

  /** {@code 127.0.0.1:PORT}. */
  public String host() {
    return "127.0.0.1:" + port;
  }

  /** Pushes an image under a tag; the reference names tag and digest. */
  public ImageRef push(String repository, String tag, TinyImage image) throws IOException {
    return push(repository, tag, image, layer -> layer.length);
  }

  /** One whose manifest says that each of its layers has so many bytes; it cannot be pulled. */
  public ImageRef pushClaiming(String repository, String tag, TinyImage image, long layerBytes)
      throws IOException {
    return push(repository, tag, image, layer -> layerBytes);
  }

  private ImageRef push(
      String repository, String tag, TinyImage image, ToLongFunction<byte[]> sizeOf)
      throws IOException {
    byte[] config = JSON.writeValueAsBytes(image.config());
    String configDigest = upload(repository, config);
    List<Map<String, Object>> layers = new ArrayList<>();
    for (byte[] layer : image.layers()) {
      layers.add(
          Map.of(
              "mediaType",
              "application/vnd.docker.image.rootfs.diff.tar.gzip",
              "size",
              sizeOf.applyAsLong(layer),
              "digest",
              upload(repository, layer)));
    }
    byte[] manifest =
        JSON.writeValueAsBytes(
            Map.of(
                "schemaVersion",
                2,
                "mediaType",
                MANIFEST,
                "config",
                Map.of(
                    "mediaType",
                    "application/vnd.docker.container.image.v1+json",
                    "size",
                    config.length,
                    "digest",
                    configDigest),
                "layers",
                layers));
    return put(repository, tag, MANIFEST, manifest);
  }

  /** Pushes an index of images that are there already, by architecture. */
  public ImageRef pushIndex(String repository, String tag, Map<String, ImageRef> byArchitecture)
      throws IOException {
    List<Map<String, Object>> manifests = new ArrayList<>();
    for (Map.Entry<String, ImageRef> entry : byArchitecture.entrySet()) {
      String digest = entry.getValue().digest().orElseThrow();
      HttpResponse<byte[]> found =
          send(
              request("/v2/" + repository + "/manifests/" + digest)
                  .header("Accept", MANIFEST)
                  .GET());
      manifests.add(
          Map.of(
              "mediaType",
              MANIFEST,
              "size",
              found.body().length,
              "digest",
              digest,
              "platform",
              Map.of("architecture", entry.getKey(), "os", "linux")));
    }
    byte[] index =
        JSON.writeValueAsBytes(
            Map.of("schemaVersion", 2, "mediaType", INDEX, "manifests", manifests));
    return put(repository, tag, INDEX, index);
  }

  private ImageRef put(String repository, String tag, String type, byte[] body) throws IOException {
    HttpResponse<byte[]> answer =
        send(
            request("/v2/" + repository + "/manifests/" + tag)
                .header("Content-Type", type)
                .PUT(BodyPublishers.ofByteArray(body)));
    check(answer, 201);
    return ImageRef.parse(host() + "/" + repository + ":" + tag)
        .withDigest("sha256:" + Sha256.hex(body));
  }

  private String upload(String repository, byte[] blob) throws IOException {
    String digest = "sha256:" + Sha256.hex(blob);
    HttpResponse<byte[]> begun =
        send(request("/v2/" + repository + "/blobs/uploads/").POST(BodyPublishers.noBody()));
    check(begun, 202);
    String location = begun.headers().firstValue("Location").orElseThrow();
    String target =
        location.replaceFirst("^https?://[^/]+", "")
            + (location.contains("?") ? "&" : "?")
            + "digest="
            + digest;
    check(
        send(
            request(target)
                .header("Content-Type", "application/octet-stream")
                .PUT(BodyPublishers.ofByteArray(blob))),
        201);
    return digest;
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + host() + path));
    account()
        .ifPresent(
            pair ->
                request.header(
                    "Authorization",
                    "Basic "
                        + Base64.getEncoder()
                            .encodeToString(pair.getBytes(StandardCharsets.UTF_8))));
    return request;
  }

  private Optional<String> account() {
    return guarded ? Optional.of(USER + ":" + PASSWORD) : Optional.empty();
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException {
    try {
      return http.send(request.build(), BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static void check(HttpResponse<byte[]> answer, int wanted) throws IOException {
    if (answer.statusCode() != wanted) {
      throw new IOException(
          answer.request().uri()
              + " answered "
              + answer.statusCode()
              + ": "
              + new String(answer.body(), StandardCharsets.UTF_8));
    }
  }

  @Override
  public void close() {
    down();
  }
}
