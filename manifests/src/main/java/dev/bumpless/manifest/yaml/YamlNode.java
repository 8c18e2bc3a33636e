package dev.bumpless.manifest.yaml;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A value in a YAML text. Plain words mean what YAML 1.2's core schema says: {@code yes} is text.
 */
public sealed interface YamlNode {
  Place place();

  /** What it is, with its article: {@code a list}. */
  String kind();

  /** A word, number or quoted text. */
  record Scalar(Place place, String text, Type type) implements YamlNode {

    /** What a word without quotes stands for. */
    public enum Type {
      NULL("nothing"),
      BOOLEAN("true or false"),
      INTEGER("a whole number"),
      DECIMAL("a number"),
      TEXT("text");

      private static final Pattern INTEGERS =
          Pattern.compile("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+");
      private static final Pattern DECIMALS =
          Pattern.compile(
              "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?"
                  + "|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
      private static final int MAX_NUMBER_LENGTH = 100;

      private final String kind;

      Type(String kind) {
        this.kind = kind;
      }

      /** What a plain scalar stands for. */
      static Type ofPlain(String text) {
        return switch (text) {
          case "", "~", "null", "Null", "NULL" -> NULL;
          case "true", "True", "TRUE", "false", "False", "FALSE" -> BOOLEAN;
          default -> numberOrText(text);
        };
      }

      private static Type numberOrText(String text) {
        if (text.length() > MAX_NUMBER_LENGTH) {
          return TEXT;
        }
        if (INTEGERS.matcher(text).matches()) {
          return INTEGER;
        }
        return DECIMALS.matcher(text).matches() ? DECIMAL : TEXT;
      }
    }

    @Override
    public String kind() {
      return type.kind;
    }
  }

  /** Values in order. */
  record Sequence(Place place, List<YamlNode> items) implements YamlNode {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String kind() {
      return "a list";
    }

    private boolean has(String part) {
      return part.endsWith("]") && index(part) < items.size();
    }

    private static int index(String part) {
      return Integer.parseInt(part.substring(0, part.length() - 1));
    }
  }

  /** Keys in the order of the text, each once. */
  record Mapping(Place place, Map<String, Entry> entries) implements YamlNode {
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    public Optional<Entry> entry(String key) {
      return Optional.ofNullable(entries.get(key));
    }

    @Override
    public String kind() {
      return "a map of keys";
    }
  }

  /** The value of a key, and where the key stands. */
  record Entry(Place key, YamlNode value) {}

  /**
   * Where the value stands that a path such as {@code ports[1].listen} names, or the last part of
   * the path that is there.
   */
  default Place find(String path) {
    YamlNode node = this;
    Place place = place();
    for (String part : path.split("[.\\[]", -1)) {
      if (node instanceof Mapping map && map.entries().containsKey(part)) {
        Entry entry = map.entry(part).orElseThrow();
        node = entry.value();
        place = node instanceof Scalar ? node.place() : entry.key();
      } else if (node instanceof Sequence list && list.has(part)) {
        node = list.items().get(Sequence.index(part));
        place = node.place();
      } else {
        return place;
      }
    }
    return place;
  }
}
