package dev.bumpless.agent.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.model.AuthConfig;
import dev.bumpless.agent.swap.EngineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Accounts at registries, from a file as {@code docker login} writes it. Read at every pull, so
 * that a changed password needs no restart. Credential helpers are not called.
 */
final class RegistryCredentials {
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.complementOf(
          EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));

  private final Optional<Path> file;

  RegistryCredentials(Optional<Path> file) {
    this.file = file;
  }

  /** The account at a registry, empty where there is none. */
  Optional<AuthConfig> of(String registry) throws EngineException {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      checkPrivate(file.get());
      JsonNode accounts = new ObjectMapper().readTree(Files.readAllBytes(file.get())).path("auths");
      return account(accounts, registry).map(node -> config(node, registry));
    } catch (NoSuchFileException e) {
      throw unusable("it is not there", e);
    } catch (IOException | IllegalArgumentException e) {
      throw unusable(String.valueOf(e.getMessage()), e);
    }
  }

  private static Optional<JsonNode> account(JsonNode accounts, String registry) {
    Set<String> names =
        registry.equals("docker.io")
            ? Set.of("docker.io", "index.docker.io", "registry-1.docker.io")
            : Set.of(registry);
    return accounts.properties().stream()
        .filter(entry -> names.contains(host(entry.getKey())))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** Keys may be written as {@code https://host:port/v1/}. */
  private static String host(String key) {
    return key.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
  }

  private static AuthConfig config(JsonNode account, String registry) {
    AuthConfig config = new AuthConfig().withRegistryAddress(registry);
    if (account.hasNonNull("identitytoken")) {
      return config.withIdentityToken(account.get("identitytoken").asText());
    }
    if (account.hasNonNull("auth")) {
      String pair =
          new String(
              Base64.getDecoder().decode(account.get("auth").asText()), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      if (colon > 0) {
        return config
            .withUsername(pair.substring(0, colon))
            .withPassword(pair.substring(colon + 1));
      }
    }
    return config
        .withUsername(account.path("username").asText())
        .withPassword(account.path("password").asText());
  }

  private static void checkPrivate(Path path) throws IOException {
    Set<PosixFilePermission> open = Files.getPosixFilePermissions(path);
    open.retainAll(OTHERS);
    if (!open.isEmpty()) {
      throw new IOException("others may read it; make it 0600");
    }
  }

  private EngineException unusable(String why, Exception cause) {
    return new EngineException(
        EngineException.Kind.PERMANENT,
        "reading the registry credentials %s failed: %s. It has docker's config.json format."
            .formatted(file.orElseThrow(), why),
        cause);
  }
}
