package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Points in time as tables show them: UTC, to the second. */
final class Moments {
  private Moments() {}

  static String text(JsonNode moment) {
    return moment.isTextual()
        ? Instant.parse(moment.asText()).truncatedTo(ChronoUnit.SECONDS).toString()
        : "never";
  }
}
