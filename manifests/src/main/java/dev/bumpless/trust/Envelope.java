package dev.bumpless.trust;

import java.util.Base64;
import java.util.List;

/**
 * A DSSE envelope (secure-systems-lab/dsse, protocol 1.0.2): bytes, their type, and signatures over
 * both. Nothing of the payload may be parsed before a signature was verified.
 *
 * @param payload base64, as on the wire
 */
public record Envelope(String payloadType, String payload, List<Signature> signatures) {
  public static final String RELEASE = "application/vnd.bumpless.release.v1+json";
  public static final String ORDER = "application/vnd.bumpless.order.v1+json";
  public static final String LOG_QUERY = "application/vnd.bumpless.log-query.v1+json";

  /** Largest envelope that anybody reads, in bytes of its JSON. */
  public static final int MAX_BYTES = 256 * 1024;

  public Envelope {
    signatures = List.copyOf(signatures);
  }

  /** The bytes that were signed, decoded; throws IllegalArgumentException where it is no base64. */
  public byte[] payloadBytes() {
    return Base64.getDecoder().decode(payload);
  }

  /**
   * One signature.
   *
   * @param keyid a hint, not authenticated: sha256 of the key's SPKI, in hex
   * @param sig base64 of the 64 bytes
   */
  public record Signature(String keyid, String sig) {}
}
