package dev.bumpless.agent.health;

import dev.bumpless.agent.http.Answer;
import dev.bumpless.agent.http.Exchange;
import dev.bumpless.agent.http.Url;
import dev.bumpless.agent.swap.StateTransfer.Side;
import dev.bumpless.agent.swap.TransferException;
import dev.bumpless.manifest.Compare;
import dev.bumpless.protocol.JsonFields;
import dev.bumpless.protocol.MalformedMessageException;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a version answers to a GET, in the parts that are compared. */
final class FetchedDocument {
  static final String STATUS = "status";

  private static final int MOST_HASHED_BYTES = 64 << 20;
  private static final int MOST_JSON_BYTES = 1 << 20;
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final JsonFields JSON = new JsonFields();

  private FetchedDocument() {}

  /** By name, the status first: {@code header ETag}, {@code json /pumps/0}, {@code body}. */
  static Map<String, String> parts(
      Compare.Document document, String who, Side side, Duration timeout) throws NoAnswerException {
    try {
      String address = side.container(document.container()).address();
      Url url = new Url(address, document.port(), document.path());
      try (Exchange exchange = Exchange.open(url, timeout)) {
        return parts(document, exchange.get());
      }
    } catch (IOException | TransferException | MalformedMessageException e) {
      throw new NoAnswerException("GET " + document.path(), who, e);
    }
  }

  private static Map<String, String> parts(Compare.Document document, Answer answer)
      throws IOException, MalformedMessageException {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put(STATUS, String.valueOf(answer.status()));
    for (String name : document.headers()) {
      parts.put("header " + name, answer.header(name).orElse("none"));
    }
    if (document.json().isEmpty()) {
      parts.put("body", hashed(answer));
    } else if (answer.status() / 100 == 2) {
      JSON.pick(json(answer), document.json())
          .forEach((pointer, value) -> parts.put("json " + pointer, value.orElse("none")));
    }
    return parts;
  }

  private static byte[] json(Answer answer) throws IOException {
    byte[] bytes = answer.body().readNBytes(MOST_JSON_BYTES + 1);
    if (bytes.length > MOST_JSON_BYTES) {
      throw new IOException(
          "the document is longer than 1 MiB: compare a smaller one by its fields");
    }
    return bytes;
  }

  private static String hashed(Answer answer) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    long bytes = 0;
    for (int count = answer.body().read(buffer); count >= 0; count = answer.body().read(buffer)) {
      bytes += count;
      if (bytes > MOST_HASHED_BYTES) {
        throw new IOException("the document is longer than 64 MiB: compare a smaller one");
      }
      digest.update(buffer, 0, count);
    }
    return "%d bytes, SHA-256 %s".formatted(bytes, HexFormat.of().formatHex(digest.digest()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
