package dev.bumpless.manifest.shape;

import dev.bumpless.manifest.yaml.Problem;
import dev.bumpless.manifest.yaml.Problems;
import dev.bumpless.manifest.yaml.YamlNode;
import dev.bumpless.manifest.yaml.YamlNode.Scalar;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A time span of a range, both ends in it: {@code 250ms}, {@code 30s}, {@code 10m}, {@code 2h}. */
public record DurationShape(Duration min, Duration max) implements Shape<Duration> {
  private static final Pattern FORM = Pattern.compile("(0|[1-9][0-9]{0,8})(ms|s|m|h)");
  private static final String HINT = "a number and its unit: 250ms, 30s, 10m or 2h";

  @Override
  public Optional<Duration> read(YamlNode node, Problems problems) {
    Matcher form = FORM.matcher(node instanceof Scalar s ? s.text() : "");
    if (!form.matches()) {
      String found = node instanceof Scalar s ? Problem.quote(s.text()) : node.kind();
      problems.add(node.place(), "expected " + expected() + ", found " + found, HINT);
      return Optional.empty();
    }
    Duration value = of(Long.parseLong(form.group(1)), form.group(2));
    if (!holds(value)) {
      problems.add(
          node.place(),
          Problem.quote(form.group()) + " is out of range; expected " + expected(),
          "");
      return Optional.empty();
    }
    return Optional.of(value);
  }

  /** Whether the value is in the range, and can be written: whole milliseconds. */
  public boolean holds(Duration value) {
    return value.compareTo(min) >= 0
        && value.compareTo(max) <= 0
        && value.equals(Duration.ofMillis(value.toMillis()));
  }

  private static Duration of(long number, String unit) {
    return switch (unit) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }

  /** In the largest unit that says it exactly; what is shorter than 1 ms is left out. */
  public static String text(Duration value) {
    long ms = value.toMillis();
    if (ms == 0) {
      return "0s";
    }
    if (ms % 1000 != 0) {
      return ms + "ms";
    }
    long s = ms / 1000;
    return s % 3600 == 0 ? s / 3600 + "h" : s % 60 == 0 ? s / 60 + "m" : s + "s";
  }

  @Override
  public Object write(Duration value) {
    return text(value);
  }

  @Override
  public Map<String, Object> schema() {
    return Keywords.of("type", "string", "pattern", "^(?:" + FORM + ")$");
  }

  @Override
  public String expected() {
    return "a duration from " + text(min) + " to " + text(max);
  }
}
