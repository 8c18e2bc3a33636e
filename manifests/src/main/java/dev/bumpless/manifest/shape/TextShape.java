package dev.bumpless.manifest.shape;

import dev.bumpless.manifest.yaml.Problem;
import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import dev.bumpless.manifest.yaml.YamlNode.Scalar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Text.
 *
 * @param hint for text that does not match, may be empty
 * @param lenient whether a number, true or false without quotes is taken as it stands
 */
record TextShape(String expected, Pattern pattern, int maxLength, String hint, boolean lenient)
    implements Shape<String> {

  @Override
  public Optional<String> read(YamlNode node, Problems problems) {
    if (!(node instanceof Scalar scalar) || scalar.type() == Scalar.Type.NULL) {
      problems.add(
          node.place(),
          "expected " + expected + ", found " + node.kind(),
          node instanceof Scalar && lenient ? "write \"\" for empty text" : hint);
      return Optional.empty();
    }
    String text = scalar.text();
    if (text.codePointCount(0, text.length()) > maxLength) {
      problems.add(
          node.place(), "longer than " + maxLength + " characters; expected " + expected, "");
    } else if (!pattern.matcher(text).matches()) {
      problems.add(node.place(), Problem.quote(text) + " is not " + expected, hint);
    } else if (scalar.type() != Scalar.Type.TEXT && !lenient) {
      problems.add(
          node.place(),
          "expected " + expected + ", found " + node.kind(),
          "put it in quotes: \"" + text + "\"");
    } else {
      return Optional.of(text);
    }
    return Optional.empty();
  }

  @Override
  public Object write(String value) {
    return value;
  }

  @Override
  public Map<String, Object> schema() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", lenient ? List.of("string", "number", "boolean") : "string");
    if (!lenient) {
      schema.put("pattern", "^" + "(?:" + pattern + ")$");
    }
    schema.put("maxLength", maxLength);
    return schema;
  }
}
