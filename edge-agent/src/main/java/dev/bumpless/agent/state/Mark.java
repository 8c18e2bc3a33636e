package dev.bumpless.agent.state;

import java.util.HexFormat;
import java.util.Optional;

/**
 * What a state is known by.
 *
 * <p>Two answers are the same state when their bodies are the same bytes. Where an app writes the
 * same state in other bytes (another order, a time of day), it is the same when both carry the same
 * strong ETag; a weak one is no proof (RFC 9110, 8.8.1).
 *
 * @param etag as it was sent
 * @param sha256 of the body
 */
record Mark(Optional<String> etag, String sha256, long bytes) {
  private static final int SHOWN = 12;

  static Mark of(Optional<String> etag, byte[] sha256, long bytes) {
    return new Mark(etag, HexFormat.of().formatHex(sha256), bytes);
  }

  boolean isStateOf(Mark other) {
    return sha256.equals(other.sha256)
        || (etag.isPresent() && isStrong(etag.get()) && etag.equals(other.etag));
  }

  private static boolean isStrong(String etag) {
    return !etag.startsWith("W/");
  }

  /** {@code 1200 bytes, ETag "a7", SHA-256 0011223344…}. */
  @Override
  public String toString() {
    return "%d bytes, %s, SHA-256 %s…"
        .formatted(
            bytes, etag.map(tag -> "ETag " + tag).orElse("no ETag"), sha256.substring(0, SHOWN));
  }
}
