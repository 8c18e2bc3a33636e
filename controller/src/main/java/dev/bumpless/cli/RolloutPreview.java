package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What a rollout would do, as the API tells it, read for a person. */
record RolloutPreview(JsonNode json) {

  /** Whether it would be taken as it is. */
  boolean isClean() {
    return json.path("conflict").isMissingNode() && problems() == 0;
  }

  void print(PrintStream out) {
    if (json.has("running")) {
      out.println(
          "rollout %1$s of %2$s has begun already; applying it again starts nothing (bumpless rollout status %1$s)"
              .formatted(json.path("name").asText(), json.path("release").asText()));
      return;
    }
    out.println(
        "rollout %s would bring %s to %d devices; nothing was sent"
            .formatted(
                json.path("name").asText(),
                json.path("release").asText(),
                json.path("devices").size()));
    if (json.has("opening")) {
      out.println(
          "devices get ready at once, and begin in their window, which opens at "
              + json.path("opening").asText());
    }
    Table table = new Table("WAVE", "DEVICE", "SITE", "ONLINE", "THEN", "PREFLIGHT");
    for (JsonNode row : json.path("devices")) {
      table.row(
          row.path("wave").asText(),
          row.path("device").asText(),
          row.path("site").asText("-"),
          row.path("online").asBoolean() ? "yes" : "no",
          row.path("gate").asText(),
          row.path("problem").asText("passes"));
    }
    table.print(out);
    if (json.has("conflict")) {
      out.println("it would be refused: " + json.path("conflict").asText());
      out.println("hint: " + json.path("hint").asText());
    }
    if (problems() > 0) {
      out.println("it would be refused: the preflight fails on " + problems() + " devices");
      rows()
          .filter(row -> row.has("hint"))
          .map(row -> "hint: " + row.path("hint").asText())
          .distinct()
          .forEach(out::println);
    }
  }

  private long problems() {
    return rows().filter(row -> row.has("problem")).count();
  }

  private Stream<JsonNode> rows() {
    return StreamSupport.stream(json.path("devices").spliterator(), false);
  }
}
