package dev.bumpless.controller.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.registry.RegistryClient.Answer;
import dev.bumpless.controller.release.ImageResolver;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.protocol.Release.PlatformImage;
import dev.bumpless.trust.Sha256;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Reads an image's manifest and believes nothing that does not fit its digest. An index (or
 * Docker's manifest list) tells its platforms by itself, with their sizes in one more request each;
 * a single manifest tells its platform in its config blob.
 */
public final class RegistryResolver implements ImageResolver {
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final String LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String DOCKER = "application/vnd.docker.distribution.manifest.v2+json";
  private static final String ACCEPT = String.join(", ", INDEX, LIST, MANIFEST, DOCKER);
  private static final int MAX_PLATFORMS = 64;

  private final RegistryClient client;
  private final ObjectMapper mapper = new ObjectMapper();

  public RegistryResolver(Credentials credentials, Set<String> insecure) {
    this.client = new RegistryClient(credentials, insecure);
  }

  /** JSON and the digest that it was checked against. */
  private record Checked(String digest, JsonNode json) {}

  @Override
  public ResolvedImage resolve(ImageRef image) {
    try {
      String reference = image.digest().orElseGet(() -> image.tag().orElse("latest"));
      Checked top = manifest(image, reference);
      return top.json().has("manifests")
          ? new ResolvedImage(top.digest(), platforms(image, top.json().path("manifests")))
          : new ResolvedImage(top.digest(), single(image, top));
    } catch (IOException e) {
      throw Problem.of(
          Problem.Code.REGISTRY_UNREACHABLE,
          "asked registry %s for %s: %s".formatted(image.registry(), image, reason(e)),
          "is the registry up and reachable from the controller? Nothing was changed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking a registry", e);
    }
  }

  private Map<String, PlatformImage> platforms(ImageRef image, JsonNode entries)
      throws IOException, InterruptedException {
    Map<String, PlatformImage> platforms = new HashMap<>();
    for (JsonNode entry : entries) {
      String platform = platform(entry.path("platform"));
      if (platform.startsWith("unknown/") || platforms.size() >= MAX_PLATFORMS) {
        continue; // attestations are listed as a platform that there is not
      }
      Checked manifest = manifest(image, entry.path("digest").asText());
      platforms.put(platform, new PlatformImage(manifest.digest(), layerBytes(manifest.json())));
    }
    if (platforms.isEmpty()) {
      throw unsupported(image, "its index names no platform");
    }
    return platforms;
  }

  private Map<String, PlatformImage> single(ImageRef image, Checked manifest)
      throws IOException, InterruptedException {
    String config = manifest.json().path("config").path("digest").asText("");
    if (config.isEmpty()) {
      throw unsupported(image, "it is neither an image index nor an image manifest of version 2");
    }
    Checked blob = get(image, "blobs/", config, "*/*");
    return Map.of(
        platform(blob.json()), new PlatformImage(manifest.digest(), layerBytes(manifest.json())));
  }

  private Checked manifest(ImageRef image, String reference)
      throws IOException, InterruptedException {
    return get(image, "manifests/", reference, ACCEPT);
  }

  private Checked get(ImageRef image, String kind, String reference, String accept)
      throws IOException, InterruptedException {
    Answer answer =
        client.get(
            image.registry(),
            image.repository(),
            image.repository() + "/" + kind + reference,
            accept);
    refuse(image, answer.status());
    String digest = "sha256:" + Sha256.hex(answer.body());
    if (reference.startsWith("sha256:") && !reference.equals(digest)) {
      throw new IOException("it sent other bytes than the digest " + reference + " stands for");
    }
    JsonNode json = mapper.readTree(answer.body());
    if (json == null || !json.isObject()) {
      throw new IOException("it sent no JSON object");
    }
    return new Checked(digest, json);
  }

  private static void refuse(ImageRef image, int status) throws IOException {
    if (status == 401 || status == 403) {
      throw Problem.of(
          Problem.Code.REGISTRY_DENIED,
          "registry %s refuses %s (HTTP %d)".formatted(image.registry(), image, status),
          "does the image exist, and are the credentials in the controller's `registries` file"
              + " right? Write them with `docker login`");
    }
    if (status == 404) {
      throw Problem.of(
          Problem.Code.IMAGE_NOT_FOUND,
          "registry %s has no %s".formatted(image.registry(), image),
          "check the spelling and the tag, or push the image first");
    }
    if (status != 200) {
      throw new IOException("it answered HTTP " + status);
    }
  }

  private static long layerBytes(JsonNode manifest) {
    long sum = 0;
    for (JsonNode layer : manifest.path("layers")) {
      sum += Math.max(0, layer.path("size").asLong());
    }
    return sum;
  }

  private static String platform(JsonNode json) {
    String variant = json.path("variant").asText("");
    return json.path("os").asText("unknown")
        + "/"
        + json.path("architecture").asText("unknown")
        + (variant.isEmpty() ? "" : "/" + variant);
  }

  private static RuntimeException unsupported(ImageRef image, String why) {
    return Problem.of(
        Problem.Code.UNSUPPORTED,
        image + " cannot be used: " + why,
        "push it again with a current docker or buildkit");
  }

  /** Java's client leaves the message of a failed connection empty; why is in its cause. */
  private static String reason(IOException e) {
    if (e instanceof HttpTimeoutException) {
      return "no answer in time";
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return "there is no host of that name";
      }
    }
    if (e instanceof ConnectException && e.getMessage() == null) {
      return "connection refused";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
