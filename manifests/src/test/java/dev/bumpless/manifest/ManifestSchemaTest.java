package dev.bumpless.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import dev.bumpless.manifest.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The published schema is the generated one, and its verdict is the parser's wherever a schema can
 * say it. Run with {@code -Dbumpless.publish=true} to write it anew.
 */
class ManifestSchemaTest {
  private static final Path PUBLISHED =
      Path.of("src/main/resources/dev/bumpless/manifest/app.schema.json");

  private final ObjectMapper json = new ObjectMapper();
  private final Schema schema =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(json.valueToTree(ManifestSchema.generate()));

  static List<BadManifest> bad() {
    return BadManifest.all();
  }

  static List<Path> examples() {
    return ExamplesTest.examples();
  }

  @Test
  void thePublishedSchemaIsTheGeneratedOne() throws IOException {
    String generated =
        json.writerWithDefaultPrettyPrinter().writeValueAsString(ManifestSchema.generate()) + "\n";
    if (Boolean.getBoolean("bumpless.publish")) {
      Files.createDirectories(PUBLISHED.getParent());
      Files.writeString(PUBLISHED, generated);
    }
    assertThat(Files.readString(PUBLISHED)).isEqualTo(generated);
    assertThat(ManifestSchema.text()).isEqualTo(generated);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleIsTaken(Path file) {
    assertThat(verdict(ExamplesTest.text(file))).isEmpty();
  }

  @Test
  void everyKeyIsTaken() {
    assertThat(verdict(ExamplesTest.resource("every-key.yaml"))).isEmpty();
    assertThat(verdict(ExamplesTest.resource("every-key-of-state.yaml"))).isEmpty();
    assertThat(verdict(BadManifest.good())).isEmpty();
  }

  @Test
  void whatTheParserTakesIsTaken() {
    for (long seed = 0; seed < 200; seed++) {
      String text = ManifestWriter.toYaml(new RandomApps(seed).next());
      assertThat(verdict(text)).as("seed %d%n%s", seed, text).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("bad")
  void whatIsWrongGetsTheVerdictThatIsExpectedOfASchema(BadManifest bad) {
    List<YamlNode> root = YamlReader.read(bad.text(), new Problems("web.yaml")).stream().toList();
    if (root.isEmpty()) {
      assertThat(bad.seenBySchema()).as("no YAML: no schema is asked").isFalse();
    } else {
      assertThat(!verdict(bad.text()).isEmpty()).isEqualTo(bad.seenBySchema());
    }
  }

  private List<Error> verdict(String text) {
    YamlNode root = YamlReader.read(text, new Problems("web.yaml")).orElseThrow();
    return schema.validate(json(root));
  }

  static JsonNode json(YamlNode node) {
    if (node instanceof YamlNode.Mapping map) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      map.entries().forEach((k, e) -> object.set(k, json(e.value())));
      return object;
    }
    if (node instanceof YamlNode.Sequence list) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      list.items().forEach(i -> array.add(json(i)));
      return array;
    }
    return json((YamlNode.Scalar) node);
  }

  private static JsonNode json(YamlNode.Scalar scalar) {
    JsonNodeFactory factory = JsonNodeFactory.instance;
    return switch (scalar.type()) {
      case NULL -> factory.nullNode();
      case BOOLEAN -> factory.booleanNode(Boolean.parseBoolean(scalar.text()));
      case INTEGER -> factory.numberNode(new java.math.BigInteger(scalar.text()));
      case DECIMAL ->
          scalar.text().endsWith("nan") // JSON has no such number
              ? factory.textNode(scalar.text())
              : factory.numberNode(Double.valueOf(scalar.text()));
      case TEXT -> factory.textNode(scalar.text());
    };
  }
}
