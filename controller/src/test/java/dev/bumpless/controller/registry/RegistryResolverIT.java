package dev.bumpless.controller.registry;

import static dev.bumpless.controller.registry.DockerRegistry.docker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.controller.problem.Problem.Code;
import dev.bumpless.controller.problem.ProblemException;
import dev.bumpless.controller.release.ImageResolver.ResolvedImage;
import dev.bumpless.manifest.ImageRef;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's docker-registry and an image that Docker made and pushed. */
class RegistryResolverIT {
  @TempDir private static Path folder;
  private static DockerRegistry registry;
  private static String image;
  private static String pushedDigest;
  private static Path credentials;

  @BeforeAll
  static void pushAnImage() throws Exception {
    registry = DockerRegistry.start(folder);
    image = registry.host() + "/plant/tiny:1.0";
    credentials = folder.resolve("config.json");
    String basic = Base64.getEncoder().encodeToString("op:secret".getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        credentials, "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(registry.host(), basic));
    Files.writeString(folder.resolve("hello"), "hello " + System.nanoTime());
    Path tar = folder.resolve("tiny.tar");
    Process packing =
        new ProcessBuilder("tar", "-C", folder.toString(), "-cf", tar.toString(), "hello").start();
    assertThat(packing.waitFor()).isZero();
    docker(folder, "import", tar.toString(), image);
    docker(folder, "push", "--quiet", image);
    pushedDigest =
        docker(folder, "inspect", "--format", "{{index .RepoDigests 0}}", image)
            .replaceFirst(".*@", "");
  }

  @AfterAll
  static void cleanUp() throws Exception {
    docker(folder, "rmi", image);
    registry.close();
  }

  @Test
  void theDigestIsTheOneThatDockerPushed() throws Exception {
    ResolvedImage resolved =
        new RegistryResolver(Credentials.read(credentials), Set.of())
            .resolve(ImageRef.parse(image));

    assertThat(resolved.digest()).isEqualTo(pushedDigest);
    assertThat(resolved.platforms()).hasSize(1);
    resolved
        .platforms()
        .forEach(
            (platform, manifest) -> {
              assertThat(platform).startsWith("linux/");
              assertThat(manifest.digest()).isEqualTo(pushedDigest);
              assertThat(manifest.bytes()).isPositive();
            });
  }

  @Test
  void byDigestItIsTheSame() throws Exception {
    RegistryResolver resolver = new RegistryResolver(Credentials.read(credentials), Set.of());

    assertThat(resolver.resolve(ImageRef.parse(image).withDigest(pushedDigest)))
        .isEqualTo(resolver.resolve(ImageRef.parse(image)));
  }

  @Test
  void withoutCredentialsItIsDenied() {
    assertThatThrownBy(
            () -> new RegistryResolver(Credentials.none(), Set.of()).resolve(ImageRef.parse(image)))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.problem().code()).isEqualTo(Code.REGISTRY_DENIED));
  }

  @Test
  void aTagThatDoesNotExistIsNotFound() throws Exception {
    RegistryResolver resolver = new RegistryResolver(Credentials.read(credentials), Set.of());

    assertThatThrownBy(() -> resolver.resolve(ImageRef.parse(image.replace(":1.0", ":2.0"))))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.problem().code()).isEqualTo(Code.IMAGE_NOT_FOUND));
  }
}
