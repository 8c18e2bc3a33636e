package dev.bumpless.agent.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Calls of the engine for which the library has no word, or a wrong one. */
final class PlainCall {
  private static final int FIRST_REFUSAL = 300;
  private static final int NOT_FOUND = 404;

  private PlainCall() {}

  static byte[] get(DockerClient client, String path) {
    return answer(client, Request.builder().method(Request.Method.GET).path(path).build());
  }

  static byte[] post(DockerClient client, String path, byte[] body) {
    return answer(
        client,
        Request.builder()
            .method(Request.Method.POST)
            .path(path)
            .putHeader("Content-Type", "application/x-tar")
            .bodyBytes(body)
            .build());
  }

  private static byte[] answer(DockerClient client, Request request) {
    try (Response response = ((DockerClientImpl) client).getHttpClient().execute(request);
        InputStream stream = response.getBody()) {
      byte[] body = stream.readAllBytes();
      if (response.getStatusCode() >= FIRST_REFUSAL) {
        String why = new String(body, StandardCharsets.UTF_8);
        throw response.getStatusCode() == NOT_FOUND
            ? new NotFoundException(why)
            : new DockerException(why, response.getStatusCode());
      }
      return body;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
