package dev.bumpless.manifest;

import dev.bumpless.manifest.shape.BooleanShape;
import dev.bumpless.manifest.shape.Keywords;
import dev.bumpless.manifest.shape.ListShape;
import dev.bumpless.manifest.shape.MapShape;
import dev.bumpless.manifest.shape.Shape;
import dev.bumpless.manifest.shape.Texts;
import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import dev.bumpless.manifest.yaml.YamlNode.Mapping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Labels, or {@code devices: [ … ]}, or {@code all: true}. */
final class RolloutTargetShape implements Shape<RolloutTarget> {
  private static final String DEVICES = "devices";
  private static final String ALL = "all";
  private static final int MOST_DEVICES = 10_000;
  private static final int MOST_LABELS = 32;
  private static final String HINT =
      "{ site: plant-a }, { devices: [ gw-1, gw-2 ] } or { all: true }";

  private static final Shape<List<String>> NAMES =
      new ListShape<>(
          Texts.matching(
              "a device, 1 to 63 of a-z, 0-9 and '-'",
              "[a-z0-9][a-z0-9-]{0,62}",
              63,
              "no wildcards"),
          1,
          MOST_DEVICES,
          true);
  private static final Shape<Boolean> EVERYBODY = new BooleanShape();
  private static final Shape<Map<String, String>> LABELS =
      new MapShape<>(
          "a label's key",
          Pattern.compile("[a-z0-9][a-z0-9._/-]{0,62}"),
          Texts.matching("a label's value without ',' and '='", "[^,=]*", 63, ""),
          MOST_LABELS);

  @Override
  public Optional<RolloutTarget> read(YamlNode node, Problems problems) {
    if (!(node instanceof Mapping map)) {
      problems.add(node.place(), "expected " + expected() + ", found " + node.kind(), HINT);
      return Optional.empty();
    }
    boolean isNamed = map.entry(DEVICES).isPresent() || map.entry(ALL).isPresent();
    if (map.entries().isEmpty() || (isNamed && map.entries().size() > 1)) {
      problems.add(node.place(), "a target is chosen in one way", HINT);
      return Optional.empty();
    }
    if (map.entry(DEVICES).isPresent()) {
      return NAMES
          .read(map.entry(DEVICES).get().value(), problems)
          .map(devices -> new RolloutTarget(devices, Map.of(), false));
    }
    if (map.entry(ALL).isPresent()) {
      return everybody(map.entry(ALL).get().value(), problems);
    }
    return LABELS.read(node, problems).map(l -> new RolloutTarget(List.of(), l, false));
  }

  private static Optional<RolloutTarget> everybody(YamlNode node, Problems problems) {
    Optional<Boolean> all = EVERYBODY.read(node, problems);
    if (all.filter(is -> !is).isPresent()) {
      problems.add(node.place(), "all: false chooses nobody", HINT);
      return Optional.empty();
    }
    return all.map(is -> new RolloutTarget(List.of(), Map.of(), true));
  }

  @Override
  public Object write(RolloutTarget target) {
    if (target.all()) {
      return Map.of(ALL, true);
    }
    return target.devices().isEmpty()
        ? LABELS.write(target.labels())
        : Map.of(DEVICES, NAMES.write(target.devices()));
  }

  @Override
  public Map<String, Object> schema() {
    Map<String, Object> named =
        Keywords.of("not", Keywords.of("anyOf", List.of(needs(DEVICES), needs(ALL))));
    Map<String, Object> labels = new LinkedHashMap<>(LABELS.schema());
    labels.put("minProperties", 1);
    labels.putAll(named);
    return Keywords.of(
        "oneOf",
        List.of(only(DEVICES, NAMES.schema()), only(ALL, Keywords.of("const", true)), labels));
  }

  private static Map<String, Object> needs(String key) {
    return Keywords.of("required", List.of(key));
  }

  private static Map<String, Object> only(String key, Map<String, Object> value) {
    return Keywords.of(
        "type",
        "object",
        "properties",
        Keywords.of(key, value),
        "required",
        List.of(key),
        "additionalProperties",
        false);
  }

  @Override
  public String expected() {
    return "labels, or devices: [ … ], or all: true";
  }
}
