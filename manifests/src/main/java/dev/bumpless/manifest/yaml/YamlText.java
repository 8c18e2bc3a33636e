package dev.bumpless.manifest.yaml;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Writes maps, lists and scalars as YAML that is the same for the same value: block style, one
 * value a line, keys in the order of the map, so that a line diff shows what changed.
 */
public final class YamlText {
  /** Words, durations and sizes, and images: none of it a number or a date to any YAML reader. */
  private static final Pattern PLAIN =
      Pattern.compile(
          "[A-Za-z/][A-Za-z0-9_./@-]*(:[A-Za-z0-9_./@-]+)*"
              + "|[0-9]+(ms|s|m|h|Ki|Mi|Gi|Ti)"
              + "|[0-9][0-9.]*(:[0-9]+)?/[A-Za-z0-9_./@-]*(:[A-Za-z0-9_./@-]+)*");

  private static final Pattern OTHER_MEANING_IN_YAML_1_1 =
      Pattern.compile("(?i)y|n|yes|no|on|off|true|false|null");

  private final StringBuilder text = new StringBuilder();

  private YamlText() {}

  /** Of maps, lists, text, numbers and booleans; ends with a line feed. */
  public static String of(Map<String, ?> document) {
    YamlText writer = new YamlText();
    writer.map(document, "", "");
    return writer.text.toString();
  }

  private void map(Map<?, ?> map, String firstIndent, String indent) {
    String before = firstIndent;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      text.append(before).append(scalar(entry.getKey())).append(':');
      value(entry.getValue(), indent);
      before = indent;
    }
  }

  private void value(Object value, String indent) {
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      text.append('\n');
      map(map, indent + "  ", indent + "  ");
    } else if (value instanceof List<?> list && !list.isEmpty()) {
      text.append('\n');
      list.forEach(item -> item(item, indent + "  "));
    } else {
      text.append(' ').append(scalar(value)).append('\n');
    }
  }

  private void item(Object item, String indent) {
    text.append(indent).append("- ");
    if (item instanceof Map<?, ?> map && !map.isEmpty()) {
      map(map, "", indent + "  ");
    } else if (item instanceof List<?> list && !list.isEmpty()) {
      throw new IllegalArgumentException("a list in a list is not written: " + list);
    } else {
      text.append(scalar(item)).append('\n');
    }
  }

  private static String scalar(Object value) {
    if (value instanceof Map<?, ?>) {
      return "{}";
    }
    if (value instanceof List<?>) {
      return "[]";
    }
    return value instanceof String s ? (isPlain(s) ? s : quoted(s)) : String.valueOf(value);
  }

  private static boolean isPlain(String s) {
    return s.length() <= 200
        && PLAIN.matcher(s).matches()
        && !OTHER_MEANING_IN_YAML_1_1.matcher(s).matches();
  }

  private static String quoted(String s) {
    StringBuilder quoted = new StringBuilder("\"");
    s.codePoints().forEach(c -> quoted.append(escaped(c)));
    return quoted.append('"').toString();
  }

  private static String escaped(int c) {
    return switch (c) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\t' -> "\\t";
      default -> isPrintable(c) ? Character.toString(c) : hex(c);
    };
  }

  private static String hex(int c) {
    return c <= 0xFFFF ? String.format("\\u%04X", c) : String.format("\\U%08X", c);
  }

  private static boolean isPrintable(int c) {
    return isBetween(0x20, c, 0x7E)
        || (isBetween(0xA0, c, 0xD7FF) && c != 0x2028 && c != 0x2029)
        || (isBetween(0xE000, c, 0xFFFD) && c != 0xFEFF)
        || isBetween(0x1_0000, c, 0x10_FFFF);
  }

  private static boolean isBetween(int low, int c, int high) {
    return low <= c && c <= high;
  }
}
