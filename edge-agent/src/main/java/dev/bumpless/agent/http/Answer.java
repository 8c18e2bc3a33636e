package dev.bumpless.agent.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What came back.
 *
 * @param headers by lower-case name; what was given twice, with a comma between
 * @param bodyBytes how long the body is, where that is known before it is read
 * @param body read to its end or not; ends with an exception where the connection ends before it
 */
public record Answer(
    int status, Map<String, String> headers, OptionalLong bodyBytes, InputStream body) {
  private static final int EXCERPT_BYTES = 400;

  public Answer {
    headers = Map.copyOf(headers);
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  /** The beginning of the body on one line, for a person; empty where there is none. */
  public String excerpt() {
    try {
      String text = new String(body.readNBytes(EXCERPT_BYTES), StandardCharsets.UTF_8);
      return text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    } catch (IOException e) {
      return "";
    }
  }
}
