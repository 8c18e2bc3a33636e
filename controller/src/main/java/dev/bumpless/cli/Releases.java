package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The table of releases. */
final class Releases {
  private final Table table = new Table("RELEASE", "CREATED", "IMAGES", "CAUSE");

  void add(JsonNode releases) {
    for (JsonNode release : releases) {
      table.row(
          release.path("id").asText(),
          Moments.text(release.path("createdAt")),
          images(release.path("images")),
          release.path("cause").asText("-"));
    }
  }

  void print(Terminal terminal) {
    table.print(terminal.out());
  }

  /** A map from container to reference. */
  private static String images(JsonNode images) {
    List<String> texts = new ArrayList<>();
    images.forEach(image -> texts.add(image.asText()));
    return String.join(" ", texts);
  }
}
