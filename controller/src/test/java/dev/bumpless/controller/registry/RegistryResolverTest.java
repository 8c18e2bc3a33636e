package dev.bumpless.controller.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.controller.problem.Problem.Code;
import dev.bumpless.controller.problem.ProblemException;
import dev.bumpless.controller.release.ImageResolver.ResolvedImage;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.protocol.Release.PlatformImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryResolverTest {
  private static final String REPOSITORY = "plant/pump";
  private static final String BASIC =
      Base64.getEncoder().encodeToString("op:secret".getBytes(StandardCharsets.UTF_8));

  private final FakeRegistryServer registry;
  @TempDir private Path folder;
  private RegistryResolver resolver;

  RegistryResolverTest() throws IOException {
    registry = new FakeRegistryServer();
  }

  @BeforeEach
  void anonymous() {
    resolver = new RegistryResolver(Credentials.none(), Set.of());
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void aSingleManifestTellsItsPlatformInItsConfig() {
    String digest = pushManifest("1.0", config("arm64", "v8"), 100, 250);

    ResolvedImage image = resolve("1.0");

    assertThat(image.digest()).isEqualTo(digest);
    assertThat(image.platforms())
        .containsOnlyKeys("linux/arm64/v8")
        .containsValue(new PlatformImage(digest, 350));
  }

  @Test
  void anIndexTellsItsPlatformsAndAttestationsAreNone() {
    String amd = registry.putByDigest(REPOSITORY, "manifests", manifest("sha256:cc", 10));
    String arm = registry.putByDigest(REPOSITORY, "manifests", manifest("sha256:cc", 20));
    String index =
        """
        {"schemaVersion":2,"manifests":[
          {"digest":"%s","platform":{"os":"linux","architecture":"amd64"}},
          {"digest":"%s","platform":{"os":"linux","architecture":"arm64","variant":"v8"}},
          {"digest":"sha256:00","platform":{"os":"unknown","architecture":"unknown"}}]}"""
            .formatted(amd, arm);
    String digest = registry.put("/v2/" + REPOSITORY + "/manifests/1.0", index);

    ResolvedImage image = resolve("1.0");

    assertThat(image.digest()).isEqualTo(digest);
    assertThat(image.platforms())
        .containsOnlyKeys("linux/amd64", "linux/arm64/v8")
        .containsEntry("linux/amd64", new PlatformImage(amd, 10))
        .containsEntry("linux/arm64/v8", new PlatformImage(arm, 20));
  }

  @Test
  void aBlobThatIsKeptElsewhereIsFetchedThere() {
    String config = config("amd64", "");
    String digest = registry.put("/elsewhere", config);
    registry.redirect("/v2/" + REPOSITORY + "/blobs/" + digest, registry.url() + "/elsewhere");
    registry.put("/v2/" + REPOSITORY + "/manifests/1.0", manifest(digest, 5));

    assertThat(resolve("1.0").platforms()).containsOnlyKeys("linux/amd64");
  }

  @Test
  void aNameWithADigestIsCheckedAgainstIt() {
    String text = manifest(registry.putByDigest(REPOSITORY, "blobs", config("amd64", "")), 5);
    String digest = registry.putByDigest(REPOSITORY, "manifests", text);
    ImageRef pinned = ref("1.0").withDigest(digest);

    assertThat(resolver.resolve(pinned).digest()).isEqualTo(digest);

    registry.put("/v2/" + REPOSITORY + "/manifests/" + digest, text + " ");
    assertProblem(Code.REGISTRY_UNREACHABLE, "other bytes", pinned);
  }

  @Test
  void whatIsNotThereIsNotFound() {
    assertProblem(Code.IMAGE_NOT_FOUND, "has no", ref("2.0"));
  }

  @Test
  void aRegistryThatIsDownIsUnreachable() {
    registry.close();

    assertProblem(Code.REGISTRY_UNREACHABLE, registry.host(), ref("1.0"));
    assertProblem(Code.REGISTRY_UNREACHABLE, "connection refused", ref("1.0"));
  }

  @Test
  void aRegistryOfAnUnknownNameIsUnreachable() {
    ImageRef image = ImageRef.parse("registry.invalid/pump:1.0");

    assertProblem(Code.REGISTRY_UNREACHABLE, "no host of that name", image);
  }

  @Test
  void aRegistryThatFailsIsUnreachable() {
    registry.failWith(503);

    assertProblem(Code.REGISTRY_UNREACHABLE, "503", ref("1.0"));
  }

  @Test
  void withoutCredentialsAGuardedRegistryDenies() {
    registry.demand("Basic " + BASIC, "Basic realm=\"plant\"");
    pushManifest("1.0", config("amd64", ""), 1);

    assertProblem(Code.REGISTRY_DENIED, "401", ref("1.0"));
  }

  @Test
  void basicCredentialsComeFromTheFileThatDockerLoginWrites() throws IOException {
    registry.demand("Basic " + BASIC, "Basic realm=\"plant\"");
    String digest = pushManifest("1.0", config("amd64", ""), 1);
    resolver = new RegistryResolver(credentials(), Set.of());

    assertThat(resolve("1.0").digest()).isEqualTo(digest);
  }

  @Test
  void aBearerTokenIsFetchedFromWhereTheChallengeSays() throws IOException {
    registry.demand(
        "Bearer t0ken",
        "Bearer realm=\"%s/token\",service=\"plant\",scope=\"repository:%s:pull\""
            .formatted(registry.url(), REPOSITORY));
    registry.put("/token", "{\"token\":\"t0ken\"}");
    String digest = pushManifest("1.0", config("amd64", ""), 1);
    resolver = new RegistryResolver(credentials(), Set.of());

    assertThat(resolve("1.0").digest()).isEqualTo(digest);
    assertThat(registry.requests)
        .contains("/token?scope=repository%3Aplant%2Fpump%3Apull&service=plant Basic " + BASIC);
  }

  @ParameterizedTest
  @ValueSource(strings = {"not a url", "ftp://127.0.0.1/token"})
  void aChallengeThatNamesNoTokenServerIsTheRegistrysFault(String realm) {
    registry.demand("Bearer t0ken", "Bearer realm=\"" + realm + "\"");

    assertProblem(Code.REGISTRY_UNREACHABLE, realm, ref("1.0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"not a url", "ftp://127.0.0.1/elsewhere"})
  void aRedirectToNowhereIsTheRegistrysFault(String target) {
    registry.redirect("/v2/" + REPOSITORY + "/manifests/1.0", target);

    assertProblem(Code.REGISTRY_UNREACHABLE, target, ref("1.0"));
  }

  @Test
  void anAnswerWithoutEndIsCutOff() {
    registry.put("/v2/" + REPOSITORY + "/manifests/1.0", "x".repeat(RegistryClient.MAX_BYTES + 10));

    assertProblem(Code.REGISTRY_UNREACHABLE, "larger than", ref("1.0"));
  }

  @Test
  void somethingThatIsNoImageIsUnsupported() {
    registry.put("/v2/" + REPOSITORY + "/manifests/1.0", "{\"schemaVersion\":1}");

    assertProblem(Code.UNSUPPORTED, "neither", ref("1.0"));
  }

  private Credentials credentials() throws IOException {
    Path file = folder.resolve("registries.json");
    Files.writeString(
        file, "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(registry.host(), BASIC));
    return Credentials.read(file);
  }

  private String pushManifest(String tag, String config, long... layers) {
    String digest = registry.putByDigest(REPOSITORY, "blobs", config);
    return registry.put("/v2/" + REPOSITORY + "/manifests/" + tag, manifest(digest, layers));
  }

  private static String manifest(String config, long... layers) {
    StringBuilder sizes = new StringBuilder();
    for (long layer : layers) {
      sizes.append(sizes.isEmpty() ? "" : ",").append("{\"size\":").append(layer).append('}');
    }
    return "{\"schemaVersion\":2,\"config\":{\"digest\":\"%s\"},\"layers\":[%s]}"
        .formatted(config, sizes);
  }

  private static String config(String architecture, String variant) {
    return "{\"os\":\"linux\",\"architecture\":\"%s\",\"variant\":\"%s\"}"
        .formatted(architecture, variant);
  }

  private ImageRef ref(String tag) {
    return ImageRef.parse(registry.host() + "/" + REPOSITORY + ":" + tag);
  }

  private ResolvedImage resolve(String tag) {
    return resolver.resolve(ref(tag));
  }

  private void assertProblem(Code code, String words, ImageRef image) {
    assertThatThrownBy(() -> resolver.resolve(image))
        .hasMessageContaining(words)
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().code()).isEqualTo(code));
  }
}
