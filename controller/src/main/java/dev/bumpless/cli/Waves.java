package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;

/** The waves of a rollout as the API tells them, read for a person. */
record Waves(JsonNode course) {

  /** {@code rollout x (node-red@7): PAUSED: 2 failed, at most 1 may}. */
  String title(String release) {
    String reason = course.path("reason").asText("");
    return "rollout %s (%s): %s%s"
        .formatted(
            course.path("name").asText(),
            release,
            course.path("state").asText(),
            reason.isEmpty() ? "" : ": " + reason);
  }

  void print(PrintStream out) {
    Table table = new Table("WAVE", "UNTIL", "DEVICES", "OPEN", "SUCCEEDED", "FAILED", "THEN");
    for (JsonNode wave : course.path("waves")) {
      table.row(
          wave.path("number").asText(),
          wave.path("reach").asText(),
          wave.path("size").asText(),
          wave.path("open").asText(),
          wave.path("succeeded").asText(),
          wave.path("failed").asText(),
          then(wave));
    }
    table.print(out);
    out.println();
  }

  private static String then(JsonNode wave) {
    String gate = wave.path("gate").asText();
    return gate.isEmpty() || !wave.has("settledAt")
        ? gate
        : gate + " (over since " + wave.path("settledAt").asText() + ")";
  }
}
