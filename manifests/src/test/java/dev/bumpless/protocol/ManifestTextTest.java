package dev.bumpless.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.ManifestParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ManifestTextTest {
  private final MessageCodec codec = new MessageCodec(new ManifestText());

  static List<Path> examples() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("examples"))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.endsWith("rollout.yaml"))
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void aReleaseOfEveryExampleTravels(Path example) throws Exception {
    App app = ManifestParser.parse(Files.readString(example), example.toString());
    Release release = release(app);

    assertThat(codec.decode(codec.encode(release), Release.class)).isEqualTo(release);
  }

  @Test
  void whatIsNoManifestIsNoRelease() throws Exception {
    App app =
        ManifestParser.parse(Files.readString(Path.of("examples/node-red.yaml")), "node-red.yaml");
    String json = new String(codec.encode(release(app)), java.nio.charset.StandardCharsets.UTF_8);
    byte[] spoilt =
        json.replace("bumpless.dev/v1", "bumpless.dev/v9")
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);

    assertThatThrownBy(() -> codec.decode(spoilt, Release.class))
        .isInstanceOf(MalformedMessageException.class);
  }

  private static Release release(App app) {
    App pinned =
        app.withContainers(
            app.containers().stream()
                .map(c -> c.withImage(c.image().withDigest(Samples.DIGEST)))
                .toList());
    Map<String, Map<String, Release.PlatformImage>> images = new TreeMap<>();
    pinned
        .containers()
        .forEach(
            c ->
                images.put(
                    c.name(),
                    Map.of("linux/amd64", new Release.PlatformImage(Samples.DIGEST, 12_345))));
    return new Release(new ReleaseId(app.name(), 1), 0, pinned, images, Samples.NOW);
  }
}
