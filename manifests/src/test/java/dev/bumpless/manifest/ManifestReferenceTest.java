package dev.bumpless.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.manifest.shape.Field;
import dev.bumpless.manifest.shape.ObjectShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The tables of {@code docs/manifest.md} are made from the description that the parser reads by.
 * Run with {@code -Dbumpless.publish=true} to write them anew.
 */
class ManifestReferenceTest {
  private static final Path PAGE = Path.of("../docs/manifest.md");

  @Test
  void thePageHoldsEveryKeyWithItsDefaultAndLimit() throws IOException {
    String page = Files.readString(PAGE);
    String ofApp = replaced(page, "keys", keys(AppShape.INSTANCE.shape()));
    String ofBoth = replaced(ofApp, "keys of a rollout", keys(RolloutShape.INSTANCE.shape()));
    String generated = replaced(ofBoth, "rules", rules());
    if (Boolean.getBoolean("bumpless.publish")) {
      Files.writeString(PAGE, generated);
    }
    assertThat(Files.readString(PAGE)).isEqualTo(generated);
    assertThat(generated).contains("upgrade.hold", "250ms", "docker-socket");
  }

  @Test
  void theExampleOnThePageIsRight() throws IOException {
    String page = Files.readString(PAGE);
    int start = page.indexOf("```yaml\n") + "```yaml\n".length();
    ManifestParser.parse(page.substring(start, page.indexOf("```", start)), "docs/manifest.md");
  }

  @Test
  void theRolloutOnThePageIsRight() throws IOException {
    String page = Files.readString(PAGE);
    int start = page.indexOf("```yaml\n", page.indexOf("## Rollout")) + "```yaml\n".length();
    RolloutParser.parse(page.substring(start, page.indexOf("```", start)), "docs/manifest.md");
  }

  private static String replaced(String page, String mark, String table) {
    String start = "<!-- " + mark + " -->\n";
    String end = "<!-- end of " + mark + " -->";
    int from = page.indexOf(start);
    int to = page.indexOf(end);
    assertThat(from).as("mark %s", start).isPositive().isLessThan(to);
    return page.substring(0, from) + start + table + page.substring(to);
  }

  private static String keys(ObjectShape<?> shape) {
    StringBuilder table = new StringBuilder("| key | value | default | |\n|---|---|---|---|\n");
    rows("", shape, table);
    return table.toString();
  }

  private static void rows(String path, ObjectShape<?> shape, StringBuilder table) {
    for (Field<?, ?> field : shape.fields()) {
      String key = path + field.name();
      boolean isList = "array".equals(field.shape().schema().get("type"));
      field
          .shape()
          .keys()
          .ifPresentOrElse(
              keys -> {
                row(
                    key,
                    isList ? "list" + size(field) : "map",
                    byDefault(field),
                    field.doc(),
                    table);
                rows(key + (isList ? "[]." : "."), keys, table);
              },
              () ->
                  row(
                      key,
                      field.shape().expected() + size(field),
                      byDefault(field),
                      field.doc(),
                      table));
    }
  }

  private static String size(Field<?, ?> field) {
    Map<String, Object> schema = field.shape().schema();
    Object most = schema.getOrDefault("maxItems", schema.get("maxProperties"));
    return most == null || most.equals(0)
        ? ""
        : "; " + schema.getOrDefault("minItems", 0) + " to " + most + " entries";
  }

  private static String byDefault(Field<?, ?> field) {
    return field.isRequired()
        ? "must be given"
        : field
            .writtenDefault()
            .filter(d -> !(d instanceof Map))
            .map(d -> "`" + d + "`")
            .orElse("");
  }

  private static void row(
      String key, String value, String byDefault, String doc, StringBuilder table) {
    table
        .append("| `" + key + "` | " + value.replace("|", "\\|") + " | " + byDefault + " | ")
        .append(doc + " |\n");
  }

  private static String rules() {
    StringBuilder table = new StringBuilder("| rule | finds | waivable |\n|---|---|---|\n");
    Arrays.stream(Rule.values())
        .forEach(
            r ->
                table.append(
                    "| `%s` | %s | %s |\n"
                        .formatted(
                            r.id(),
                            r.severity(SecurityPolicy.STANDARD) == Finding.Severity.ERROR
                                ? "error"
                                : "advice, error under `policy: strict`",
                            r.isWaivable() ? "yes" : "no")));
    return table.toString();
  }
}
