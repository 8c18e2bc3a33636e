package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.Map;

/** A record of the API as an indented outline for a person, one field a line. */
final class Outline {
  private final PrintStream out;

  Outline(PrintStream out) {
    this.out = out;
  }

  void print(JsonNode node) {
    print(node, "");
  }

  private void print(JsonNode node, String indent) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      value(indent + field.getKey() + ":", field.getValue(), indent + "  ");
    }
  }

  private void value(String label, JsonNode value, String indent) {
    if ((value.isContainerNode() && value.isEmpty()) || value.isNull()) {
      out.println(label + " -");
    } else if (value.isObject()) {
      out.println(label);
      print(value, indent);
    } else if (value.isArray()) {
      out.println(label);
      value.forEach(item -> item(item, indent));
    } else {
      text(label, value.asText(), indent);
    }
  }

  private void item(JsonNode item, String indent) {
    if (!item.isObject()) {
      text(indent + "-", item.asText(), indent + "  ");
      return;
    }
    String lead = indent + "- ";
    for (Map.Entry<String, JsonNode> field : item.properties()) {
      value(lead + field.getKey() + ":", field.getValue(), indent + "    ");
      lead = indent + "  ";
    }
  }

  private void text(String label, String text, String indent) {
    if (!text.contains("\n")) {
      out.println(label + " " + text);
      return;
    }
    out.println(label);
    text.lines().forEach(line -> out.println(indent + line));
  }
}
