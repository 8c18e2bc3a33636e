package dev.bumpless.ledger;

import java.util.Map;

/**
 * A complete answer.
 *
 * @param headers names in lower case
 * @param body each byte a character
 */
record HttpAnswer(int status, Map<String, String> headers, String body) {
  HttpAnswer {
    headers = Map.copyOf(headers);
  }

  /** Whether the server will close the connection behind this answer. */
  boolean closes() {
    return headers.getOrDefault("connection", "").equalsIgnoreCase("close");
  }
}
