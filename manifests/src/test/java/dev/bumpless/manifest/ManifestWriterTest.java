package dev.bumpless.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManifestWriterTest {
  private static final int APPS = 600;

  @Test
  void everyAppComesBackFromItsTextAsItWas() {
    for (long seed = 0; seed < APPS; seed++) {
      App app = new RandomApps(seed).next();
      String text = ManifestWriter.toYaml(app);
      App back = ManifestParser.parse(text, "seed " + seed);
      assertThat(back).as("seed %d%n%s", seed, text).isEqualTo(app);
      assertThat(ManifestWriter.toYaml(back)).as("seed %d", seed).isEqualTo(text);
    }
  }

  @Test
  void anotherYamlReaderSeesTheSameText() {
    for (long seed = 0; seed < 100; seed++) {
      App app = new RandomApps(seed).next();
      Map<String, Object> other =
          new org.yaml.snakeyaml.Yaml(
                  new org.yaml.snakeyaml.constructor.SafeConstructor(
                      new org.yaml.snakeyaml.LoaderOptions()))
              .load(ManifestWriter.toYaml(app));
      assertThat(other).as("seed %d", seed).isEqualTo(AppShape.INSTANCE.shape().write(app));
    }
  }

  @Test
  void theOrderInWhichNamesWereGivenDoesNotShow() {
    String first = container("{ B: \"2\", A: \"1\" }", "[ KILL, CHOWN ]");
    String second = container("{ A: \"1\", B: \"2\" }", "[ CHOWN, KILL ]");
    assertThat(canonical(first)).isEqualTo(canonical(second));
  }

  @Test
  void oneChangeIsOneLine() {
    App app = ManifestParser.parse(BadManifest.good(), "web.yaml");
    Container web = app.container("web").orElseThrow();
    App changed =
        app.withContainers(List.of(web.withImage(ImageRef.parse("registry.example/web:1.1"))));
    Map<String, String> lines = new LinkedHashMap<>();
    String[] before = ManifestWriter.toYaml(app).split("\n", -1);
    String[] after = ManifestWriter.toYaml(changed).split("\n", -1);
    assertThat(after).hasSameSizeAs(before);
    for (int i = 0; i < before.length; i++) {
      if (!before[i].equals(after[i])) {
        lines.put(before[i].strip(), after[i].strip());
      }
    }
    assertThat(lines)
        .containsExactly(
            Map.entry("image: registry.example/web:1.0", "image: registry.example/web:1.1"));
  }

  private static String container(String env, String capabilities) {
    return BadManifest.good()
        .replace(
            "ports:",
            "    env: " + env + "\n    security: { capAdd: " + capabilities + " }\nports:");
  }

  private static String canonical(String text) {
    return ManifestWriter.toYaml(ManifestParser.parse(text, "web.yaml"));
  }
}
