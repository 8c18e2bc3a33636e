package dev.bumpless.controller.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code docker login} writes: {@code {"auths":{"HOST":{"auth":"base64(user:password)"}}}}.
 */
public final class Credentials {
  private static final int MAX_BYTES = 1024 * 1024;

  private final Map<String, String> basicByHost;

  private Credentials(Map<String, String> basicByHost) {
    this.basicByHost = Map.copyOf(basicByHost);
  }

  public static Credentials none() {
    return new Credentials(Map.of());
  }

  /** Throws IOException where the file cannot be read or is none of that kind. */
  public static Credentials read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(file + " is larger than any file of registry credentials");
    }
    Map<String, String> found = new HashMap<>();
    JsonNode auths = new ObjectMapper().readTree(Files.readAllBytes(file)).path("auths");
    auths
        .properties()
        .forEach(
            entry -> basic(entry.getValue()).ifPresent(b -> found.put(host(entry.getKey()), b)));
    return new Credentials(found);
  }

  /** The value of a Basic authorization header, without the scheme. */
  Optional<String> basicFor(String registry) {
    return Optional.ofNullable(basicByHost.get(host(registry)));
  }

  private static Optional<String> basic(JsonNode auth) {
    String given = auth.path("auth").asText("");
    if (!given.isEmpty()) {
      return Optional.of(given);
    }
    String user = auth.path("username").asText("");
    String password = auth.path("password").asText("");
    return user.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Base64.getEncoder()
                .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)));
  }

  /** Docker writes its hub as a URL of version 1 and others as hosts, with or without a scheme. */
  private static String host(String key) {
    String bare = key.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
    return bare.equals("index.docker.io") || bare.equals("registry-1.docker.io")
        ? "docker.io"
        : bare;
  }
}
