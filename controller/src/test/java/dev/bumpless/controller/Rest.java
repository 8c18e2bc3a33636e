package dev.bumpless.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A caller of REST, as strict as a test wants it. */
record Rest(int port, String token, HttpClient client, ObjectMapper json) {
  Rest(int port, String token) {
    this(port, token, HttpClient.newHttpClient(), new ObjectMapper());
  }

  /** What came back. */
  record Reply(int status, JsonNode body) {
    String code() {
      return body.path("error").path("code").asText();
    }
  }

  Reply get(String path) {
    return reply(request(path).GET());
  }

  Reply post(String path, String body) {
    return reply(request(path).POST(BodyPublishers.ofString(body)));
  }

  Reply put(String path, String body) {
    return reply(request(path).PUT(BodyPublishers.ofString(body)));
  }

  /** {@code POST /rollouts} of an apply. */
  Reply apply(String manifest, String target) {
    String body =
        json.createObjectNode()
            .put("action", "apply")
            .put("manifest", manifest)
            .set("target", tree(target))
            .toString();
    return post("/api/v1/rollouts", body);
  }

  HttpResponse<InputStream> stream(String path) {
    try {
      return client.send(request(path).GET().build(), BodyHandlers.ofInputStream());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(30));
    return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
  }

  private Reply reply(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      return new Reply(response.statusCode(), tree(response.body()));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private JsonNode tree(String text) {
    try {
      return json.readTree(text);
    } catch (IOException e) {
      throw new IllegalStateException("no JSON: " + text, e);
    }
  }
}
