package dev.bumpless.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.manifest.UpgradePolicy.Strategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExamplesTest {
  static List<Path> examples() {
    try (Stream<Path> files = Files.list(Path.of("examples"))) {
      return files
          .filter(f -> f.toString().endsWith(".yaml"))
          .filter(f -> !RolloutParser.isRollout(text(f)))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String resource(String name) {
    return text(Path.of("src/test/resources/dev/bumpless/manifest", name));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleParsesAndComesBackFromItsCanonicalText(Path file) {
    App app = ManifestParser.parse(text(file), file.toString());
    String canonical = ManifestWriter.toYaml(app);
    assertThat(ManifestParser.parse(canonical, "canonical")).isEqualTo(app);
    assertThat(ManifestWriter.toYaml(ManifestParser.parse(canonical, "canonical")))
        .isEqualTo(canonical);
  }

  @Test
  void theShortestExampleGetsSafeDefaults() {
    App app = ManifestParser.parse(text(Path.of("examples/node-red.yaml")), "node-red.yaml");
    assertThat(app.container("node-red").orElseThrow().resources().pids()).isEqualTo(256);
    assertThat(app.upgrade().hold()).isEqualTo(Duration.ofMillis(250));
    assertThat(app.upgrade().strategy()).isEqualTo(Strategy.BLUE_GREEN);
    assertThat(app.health()).containsExactly(new HealthCheck.Http("node-red", 1880, "/settings"));
  }

  @Test
  void canonicalTextReadsLikeAManifest() {
    App app = ManifestParser.parse(text(Path.of("examples/node-red.yaml")), "node-red.yaml");
    assertThat(ManifestWriter.toYaml(app))
        .isEqualTo(
            """
            apiVersion: bumpless.dev/v1
            kind: App
            name: node-red
            containers:
              - name: node-red
                image: 127.0.0.1:5000/node-red:0.20.8
                resources:
                  memory: 256Mi
                  pids: 256
            ports:
              - listen: 1880
                container: node-red
                target: 1880
                protocol: http
            health:
              - container: node-red
                http: /settings
                port: 1880
            probe:
              interval: 1s
              timeout: 2s
              healthyAfter: 3
              startWithin: 1m
            replicas: 1
            upgrade:
              strategy: blue-green
              overlap: full
              hold: 250ms
              drain: 30s
              bake: 10s
            policy: standard
            """);
  }
}
