package dev.bumpless.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The controller's REST API as {@code docs/rest.md} writes it down. Every failure is a {@link
 * CliException} with the words for the person and the exit code.
 */
final class Api {
  static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** An apply asks a registry for digests before it answers. */
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(90);

  private final URI base;
  private final String token;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /**
   * @param base without {@code /api/v1}
   */
  Api(URI base, String token) {
    this.base = base;
    this.token = token;
  }

  /** One segment of a path, with whatever a name should not but might hold made harmless. */
  static String segment(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  JsonNode get(String path) {
    return answer(request(path).timeout(ANSWER_WITHIN).GET());
  }

  JsonNode post(String path, JsonNode body) {
    return answer(
        request(path)
            .timeout(ANSWER_WITHIN)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString())));
  }

  /** A text that may not end for as long as the caller reads it; the caller closes it. */
  InputStream stream(String path) {
    HttpResponse<InputStream> response = send(request(path).GET());
    if (response.statusCode() / 100 == 2) {
      return response.body();
    }
    try (InputStream body = response.body()) {
      throw Refusal.of(
          response.statusCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException cut) {
      throw unreachable(cut);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + "/api/v1" + path))
        .header("Authorization", "Bearer " + token)
        .header("Accept", "application/json, text/plain");
  }

  private JsonNode answer(HttpRequest.Builder request) {
    HttpResponse<InputStream> response = send(request);
    String body;
    try (InputStream stream = response.body()) {
      body = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException cut) {
      throw unreachable(cut);
    }
    if (response.statusCode() / 100 != 2) {
      throw Refusal.of(response.statusCode(), body);
    }
    return parse(body);
  }

  private JsonNode parse(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException notJson) {
      throw new CliException(
          ExitCode.FAILED,
          base + " answered with something that is not JSON: " + notJson.getOriginalMessage(),
          "is BUMPLESS_URL the address of a Bumpless controller?");
    }
  }

  private HttpResponse<InputStream> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofInputStream());
    } catch (IOException failed) {
      throw unreachable(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted", interrupted));
    }
  }

  private ControllerUnreachableException unreachable(IOException cause) {
    return new ControllerUnreachableException(base, cause);
  }
}
