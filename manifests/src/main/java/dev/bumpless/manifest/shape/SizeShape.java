package dev.bumpless.manifest.shape;

import dev.bumpless.manifest.yaml.Problem;
import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import dev.bumpless.manifest.yaml.YamlNode.Scalar;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bytes of a range, both ends in it and whole KiB: {@code 512Ki}, {@code 64Mi}, {@code 1Gi}. */
public record SizeShape(long minBytes, long maxBytes) implements Shape<Long> {
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,9})(Ki|Mi|Gi|Ti)");
  private static final String UNITS = "KMGT";
  private static final String HINT = "a number and its unit: 512Ki, 256Mi or 1Gi";

  @Override
  public Optional<Long> read(YamlNode node, Problems problems) {
    Matcher form = FORM.matcher(node instanceof Scalar s ? s.text() : "");
    if (!form.matches()) {
      String found = node instanceof Scalar s ? Problem.quote(s.text()) : node.kind();
      problems.add(node.place(), "expected " + expected() + ", found " + found, HINT);
      return Optional.empty();
    }
    int shift = 10 * (1 + UNITS.indexOf(form.group(2).charAt(0)));
    long number = Long.parseLong(form.group(1));
    if (number > maxBytes >> shift || !holds(number << shift)) {
      problems.add(
          node.place(),
          Problem.quote(form.group()) + " is out of range; expected " + expected(),
          "");
      return Optional.empty();
    }
    return Optional.of(number << shift);
  }

  /** Whether the value is in the range, and can be written: whole KiB. */
  public boolean holds(long bytes) {
    return bytes >= minBytes && bytes <= maxBytes && bytes % 1024 == 0;
  }

  /** In the largest unit that says it exactly. */
  public static String text(long bytes) {
    int unit = 0;
    long number = bytes / 1024;
    while (number != 0 && number % 1024 == 0 && unit < UNITS.length() - 1) {
      number /= 1024;
      unit++;
    }
    return number + "" + UNITS.charAt(unit) + "i";
  }

  @Override
  public Object write(Long value) {
    return text(value);
  }

  @Override
  public Map<String, Object> schema() {
    return Keywords.of("type", "string", "pattern", "^(?:" + FORM + ")$");
  }

  @Override
  public String expected() {
    return "a size from " + text(minBytes) + " to " + text(maxBytes);
  }
}
