package dev.bumpless.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AppTest {

  @Test
  void containersStartAfterThoseTheyDependOnElseInTheirOrder() {
    App app =
        ManifestParser.parse(
            """
            apiVersion: bumpless.dev/v1
            kind: App
            name: chain
            containers:
              - { name: z, image: z, dependsOn: [ b, a ] }
              - { name: b, image: b, dependsOn: [ c ] }
              - { name: a, image: a }
              - { name: c, image: c, dependsOn: [ a ] }
            waivers: [ memory-limit ]
            """,
            "chain.yaml");
    assertThat(app.startOrder()).extracting(Container::name).containsExactly("a", "c", "b", "z");
  }

  @Test
  void anAppWhosePartsDoNotFitCannotBeMade() {
    App app = ManifestParser.parse(BadManifest.good(), "web.yaml");
    Container web = app.containers().get(0);
    assertThatThrownBy(() -> app.withContainers(java.util.List.of(web, web)))
        .isInstanceOf(InvalidManifestException.class)
        .hasMessageContaining("containers[1].name: two containers are called 'web'");
    assertThatThrownBy(() -> app.withContainers(java.util.List.of()))
        .hasMessageContaining("0 containers");
  }

  @ParameterizedTest
  @CsvSource({
    "nginx, docker.io/library/nginx",
    "docker.io/nginx, docker.io/library/nginx",
    "nginx:1.25, docker.io/library/nginx:1.25",
    "nodered/node-red:4, docker.io/nodered/node-red:4",
    "localhost/x, localhost/x",
    "127.0.0.1:5000/a/b:c, 127.0.0.1:5000/a/b:c",
    "Registry.Example/a__b/c-d, Registry.Example/a__b/c-d",
  })
  void anImageIsReadAsDockerReadsItAndComesBack(String text, String full) {
    ImageRef image = ImageRef.parse(text);
    assertThat(image).hasToString(full);
    assertThat(ImageRef.parse(full)).isEqualTo(image);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "/",
        "@",
        "a/",
        "/a",
        "a//b",
        "A",
        "a:",
        "a:-x",
        "a@sha256:12",
        "a@md5:12",
        "a b",
        "http://x/y",
        "a..b",
        "a.b:99999999/x",
        "-x.y/z",
        "a\nb"
      })
  void whatIsNoImageIsRefused(String text) {
    assertThatThrownBy(() -> ImageRef.parse(text)).isInstanceOf(InvalidManifestException.class);
  }

  @Test
  void aLongNameIsRefusedAndNotPonderedOver() {
    assertThatThrownBy(() -> ImageRef.parse("a-".repeat(100_000)))
        .isInstanceOf(InvalidManifestException.class);
    assertThatThrownBy(() -> new AppName("a".repeat(100_000)))
        .isInstanceOf(InvalidManifestException.class);
  }
}
