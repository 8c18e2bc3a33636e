package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What a rollout would do, as the API tells it, read for a person. */
record RolloutPreview(JsonNode json) {

  /** As it would go: refused by the controller, failing on a device by its last report, or done. */
  ExitCode exitCode() {
    if (json.has("conflict") || with("problem") > 0) {
      return ExitCode.REJECTED;
    }
    return with("shortage") > 0 ? ExitCode.FAILED : ExitCode.DONE;
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
          preflight(row));
    }
    table.print(out);
    if (json.has("conflict")) {
      out.println("it would be refused: " + json.path("conflict").asText());
      out.println("hint: " + json.path("hint").asText());
    }
    if (with("problem") > 0) {
      out.println("it would be refused: the preflight fails on " + with("problem") + " devices");
      rows()
          .filter(row -> row.has("hint"))
          .map(row -> "hint: " + row.path("hint").asText())
          .distinct()
          .forEach(out::println);
    }
    if (with("shortage") > 0) {
      out.println(
          "it would be sent, and refused by %d devices: disk or memory is short by their last reports"
              .formatted(with("shortage")));
      out.println(
          "hint: make room there, or narrow the target down; a device looks again when its order"
              + " comes");
    }
  }

  private static String preflight(JsonNode row) {
    String told =
        Stream.of("problem", "shortage")
            .filter(row::has)
            .map(key -> row.path(key).asText())
            .collect(Collectors.joining("; "));
    return told.isEmpty() ? "passes" : told;
  }

  private long with(String key) {
    return rows().filter(row -> row.has(key)).count();
  }

  private Stream<JsonNode> rows() {
    return StreamSupport.stream(json.path("devices").spliterator(), false);
  }
}
